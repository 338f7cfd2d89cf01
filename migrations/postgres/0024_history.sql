-- Attempts of a message that were refused are found by the message id they claim.
create index quarantine_by_message on quarantine (message_id, endpoint, seq);
