-- When each message arrived, beside what it names: "as we knew it then" leaves out what had not arrived yet.
-- Projections are folded again from the log after this, from its beginning.

drop table mentions;
create table mentions (
    kind text not null,
    subject_id text collate "C" not null,
    is_own boolean not null,
    is_live boolean not null,
    occurred_at bigint not null,
    received_at bigint not null,
    message_id text collate "C" not null,
    seq bigint not null,
    primary key (kind, subject_id, is_own, is_live, occurred_at, message_id, seq)
);
create index mentions_by_seq on mentions (seq);

delete from contractors;
delete from contracts;
delete from requisitions;
delete from tallies;
delete from arrivals;
delete from hirers;
update projector set position = 0 where id = 1;
