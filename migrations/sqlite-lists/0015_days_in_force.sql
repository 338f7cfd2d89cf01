-- The days after which a person is told of an open offer, a contract that ends and spend nobody uses, as the lists were
-- folded with them. Null where lists were folded before these were kept.
alter table projector add column offer_days integer;
alter table projector add column ending_days integer;
alter table projector add column unused_days integer;
