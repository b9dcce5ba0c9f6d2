-- What is in the shop: 56 creators and 226 posts, of which nine are about tests.
insert into "Creator" (nickname, name, bio)
  select 'creator' || n, 'Creator ' || n, 'Makes things since ' || 1990 + n % 30 from generate_series(1, 56) as n;
insert into "Post" (title, body, "creatorId")
  select case when n % 25 = 0 then 'A test of paper no. ' || n else 'A drawing no. ' || n end,
         repeat('About this one. ', 20), 1 + n % 56
  from generate_series(1, 226) as n;
analyze "Creator";
analyze "Post";
