-- Notice is due of what is signed: what was only approved or offered had a day for it, too.
update contracts set notice_on = null where state <> 'accepted' and notice_on is not null;
update contract_versions set notice_on = null where state <> 'accepted' and notice_on is not null;
