-- Attempts of a message that were refused are found by the message id they claim.
create index quarantine_by_message on quarantine (message_id, endpoint, seq);

-- The portal's ping has no envelope. It was filed as unreadable, and is a test.
update messages set event_type = 'svix.ping', mode = 'test', outcome = 'stored', reason = null
where seq in (select seq from messages where outcome = 'unreadable')
and body in (x'7b2273756363657373223a20747275657d', x'7b2273756363657373223a747275657d');
