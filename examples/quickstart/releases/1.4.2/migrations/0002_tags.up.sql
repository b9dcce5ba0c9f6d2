create table tags (
  note integer not null references notes (id) on delete cascade,
  tag text not null,
  primary key (note, tag)
) without rowid;
create index notes_by_tag on tags (tag);
