-- What a requisition was approved for, which may be another amount than it is for now.
alter table requisitions add column approved_amount text;
alter table requisitions add column approved_currency text;
alter table requisitions add column approved_type text;

-- Whether a contract that ends has a renewal that is offered and not signed.
alter table findings add column is_offered integer not null default 0;
-- Since when something lasts that is told with its age on the day it is read, as JSON.
alter table findings add column aging text;
