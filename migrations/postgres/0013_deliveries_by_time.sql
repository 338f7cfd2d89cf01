-- One index for the list of deliveries, narrowed or not. An index that begins with the type has fifteen ends, and every
-- batch wrote to each of them before its requests were answered. In this one everything new lies together at one end; a
-- type is looked for along it, without reading the messages passed over.

drop index messages_by_type;
drop index messages_by_time;
create index messages_by_time on messages (received_at, seq, event_type, outcome);
