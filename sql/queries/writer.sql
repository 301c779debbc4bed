-- name: BeginArticles :many
-- Begins an attempt at each of a run's articles in a range of n.
update igny8_tasks t set try = t.try + 1, error_code = '', error_message = '', status = case when t.status in ('failed', 'cancelled') then 'pending' else t.status end,
	workflow_id = t.account_id || '/article/' || t.id || '/' || t.revision || '.' || (t.try + 1)
from igny8_run_items i
where t.account_id = current_account() and i.account_id = t.account_id and i.run_id = @run_id and i.stage = 'task' and i.item_id = t.id
	and i.n between @from_n::int and @to_n::int and i.status in ('pending', 'running', 'waiting')
returning t.id, t.revision, t.try, i.n;

-- name: BeginIdeas :many
-- Begins an attempt at ideas about each of a run's clusters in a range of n.
update igny8_clusters c set ideas_try = c.ideas_try + 1
from igny8_run_items i
where c.account_id = current_account() and i.account_id = c.account_id and i.run_id = @run_id and i.stage = 'cluster' and i.item_id = c.id
	and i.n between @from_n::int and @to_n::int and i.status in ('pending', 'running', 'waiting')
returning c.id, c.ideas_revision, c.ideas_try, i.n;

-- name: ArticleStanding :one
-- How far an article has come.
select t.word_count, t.images, t.publish_at, coalesce(c.id, '00000000-0000-0000-0000-000000000000')::uuid content_id, coalesce(c.revision = t.revision, false)::boolean written, coalesce(c.text_status = 'approved', false)::boolean approved,
	coalesce(c.status in ('approved', 'published'), false)::boolean moderated,
	(select count(*) from igny8_images i where i.account_id = t.account_id and i.content_id = c.id)::int prompted,
	array(select i.id from igny8_images i where i.account_id = t.account_id and i.content_id = c.id and i.status <> 'generated' order by i.n)::uuid[] missing
from igny8_tasks t left join igny8_content c on c.account_id = t.account_id and c.task_id = t.id
where t.account_id = current_account() and t.id = @id;

-- name: Task :one
select * from igny8_tasks where account_id = current_account() and id = @id;

-- name: TaskStatus :exec
update igny8_tasks set status = @status, error_code = @error_code, error_message = @error_message, updated_at = now() where account_id = current_account() and id = @id and status <> 'published'
	and (status, error_code, error_message) is distinct from (@status, @error_code, @error_message);

-- name: TaskBrief :one
-- What an article is written from.
select t.id, t.site_id, t.sector_id, t.title, t.description, t.word_count, t.revision, w.name site, coalesce(w.settings, '{}') site_settings, s.name sector,
	coalesce(i.angle, '')::text angle, coalesce(i.intent, '')::text intent, coalesce(c.name, '')::text cluster,
	coalesce(a.name, '')::text author, coalesce(a.description, '')::text author_description, coalesce(a.tone, '')::text tone, coalesce(a.language, 'en')::text language, coalesce(a.banned_words, '{}')::text[] banned_words, coalesce(a.example, '')::text example
from igny8_tasks t
join igny8_sites w on w.account_id = t.account_id and w.id = t.site_id
join igny8_sectors s on s.account_id = t.account_id and s.id = t.sector_id
left join igny8_content_ideas i on i.account_id = t.account_id and i.id = t.idea_id
left join igny8_clusters c on c.account_id = t.account_id and c.id = t.cluster_id
left join igny8_author_profiles a on a.account_id = t.account_id and a.id = t.author_profile_id
where t.account_id = current_account() and t.id = @id;

-- name: TaskKeywords :many
select k.keyword, k.volume, ik.n from igny8_idea_keywords ik
join igny8_keywords k on k.account_id = ik.account_id and k.id = ik.keyword_id
where ik.account_id = current_account() and ik.idea_id = (select t.idea_id from igny8_tasks t where t.account_id = current_account() and t.id = @task_id) order by ik.n, k.normal;

-- name: FreeSlug :one
-- The wanted slug, or with a number if the site has it for another task.
select coalesce((select @slug::text || '-' || n from generate_series(2, 1000) n
	where exists (select from igny8_content c where c.account_id = current_account() and c.site_id = @site_id and c.slug = @slug::text and c.task_id <> @task_id)
		and not exists (select from igny8_content c where c.account_id = current_account() and c.site_id = @site_id and c.slug = @slug::text || '-' || n and c.task_id <> @task_id)
	order by n limit 1), @slug::text)::text;

-- name: SaveContent :one
-- Writes the text of a task, or its new revision over the old one.
insert into igny8_content (account_id, site_id, sector_id, task_id, title, slug, excerpt, meta_title, meta_description, focus_keyword, category, tags, outline, html_content, word_count, revision, provenance, model, prompt_version, request_id)
values (current_account(), @site_id, @sector_id, @task_id, @title, @slug, @excerpt, @meta_title, @meta_description, @focus_keyword, @category, @tags, @outline, @html_content, @word_count, @revision, @provenance, @model, sqlc.narg('prompt_version'), sqlc.narg('request_id'))
on conflict (account_id, task_id) do update set title = excluded.title, excerpt = excluded.excerpt, meta_title = excluded.meta_title, meta_description = excluded.meta_description,
	focus_keyword = excluded.focus_keyword, category = excluded.category, tags = excluded.tags, outline = excluded.outline, html_content = excluded.html_content, word_count = excluded.word_count,
	revision = excluded.revision, provenance = excluded.provenance, model = excluded.model, prompt_version = excluded.prompt_version, request_id = excluded.request_id,
	status = 'draft', text_status = 'draft', reason = ''
returning id;

-- name: KeepRevision :exec
-- Keeps the content as it is now among its revisions.
insert into igny8_content_revisions (account_id, site_id, sector_id, content_id, n, revision, title, html_content, word_count, snapshot, reason, created_by)
select c.account_id, c.site_id, c.sector_id, c.id, coalesce((select max(n) from igny8_content_revisions r where r.account_id = c.account_id and r.content_id = c.id), 0) + 1, c.revision, c.title, c.html_content, c.word_count,
	jsonb_build_object('slug', c.slug, 'excerpt', c.excerpt, 'meta_title', c.meta_title, 'meta_description', c.meta_description, 'focus_keyword', c.focus_keyword, 'category', c.category, 'tags', c.tags, 'model', c.model, 'provenance', c.provenance),
	@reason, sqlc.narg('created_by')
from igny8_content c where c.account_id = current_account() and c.id = @id;

-- name: KeepEdits :exec
-- Keeps the content as it is now among its revisions, unless the last of them is
-- the same.
insert into igny8_content_revisions (account_id, site_id, sector_id, content_id, n, revision, title, html_content, word_count, snapshot, reason)
select c.account_id, c.site_id, c.sector_id, c.id, coalesce(last.n, 0) + 1, c.revision, c.title, c.html_content, c.word_count, now.snapshot, 'edited'
from igny8_content c
cross join lateral (select jsonb_build_object('slug', c.slug, 'excerpt', c.excerpt, 'meta_title', c.meta_title, 'meta_description', c.meta_description, 'focus_keyword', c.focus_keyword, 'category', c.category, 'tags', c.tags, 'model', c.model, 'provenance', c.provenance) snapshot) now
left join lateral (select r.* from igny8_content_revisions r where r.account_id = c.account_id and r.content_id = c.id order by r.n desc limit 1) last on true
where c.account_id = current_account() and c.id = @id and (last.title, last.html_content, last.snapshot) is distinct from (c.title, c.html_content, now.snapshot);

-- name: Content :one
select * from igny8_content where account_id = current_account() and id = @id;

-- name: LockContent :one
select * from igny8_content where account_id = current_account() and id = @id for update;

-- name: ContentOfTask :one
select * from igny8_content where account_id = current_account() and task_id = @task_id;

-- name: ContentStatus :exec
update igny8_content set status = @status, text_status = @text_status, reason = @reason where account_id = current_account() and id = @id;

-- name: WantRevision :one
-- Asks for another text of a task.
update igny8_tasks set revision = revision + 1, try = 1, status = 'pending' where account_id = current_account() and id = @id and revision = @revision
returning revision;

-- name: SaveImagePrompt :one
insert into igny8_images (account_id, site_id, sector_id, task_id, content_id, image_type, n, prompt, alt_text, heading, revision)
values (current_account(), @site_id, @sector_id, @task_id, @content_id, @image_type, @n, @prompt, @alt_text, @heading, @revision)
on conflict (account_id, content_id, n) do update set prompt = excluded.prompt, alt_text = excluded.alt_text, heading = excluded.heading, image_type = excluded.image_type,
	revision = excluded.revision, status = case when igny8_images.revision < excluded.revision then 'pending' else igny8_images.status end,
	sha256 = case when igny8_images.revision < excluded.revision then null else igny8_images.sha256 end
returning id;

-- name: DropImagesFrom :exec
delete from igny8_images where account_id = current_account() and content_id = @content_id and n >= @n;

-- name: ImagesOfContent :many
select * from igny8_images where account_id = current_account() and content_id = @content_id order by n;

-- name: Image :one
select * from igny8_images where account_id = current_account() and id = @id;

-- name: SaveImage :one
-- Nothing comes back if a person's own picture is in its place by now.
update igny8_images set status = 'generated', sha256 = @sha256, mime = @mime, width = @width, height = @height, bytes = @bytes, image_url = @image_url, provider = @provider, model = @model, provenance = @provenance, error_code = '', error_message = ''
where account_id = current_account() and id = @id and provenance <> 'user'
returning content_id;

-- name: ImageFailed :exec
update igny8_images set status = 'failed', error_code = @error_code, error_message = @error_message where account_id = current_account() and id = @id and status <> 'generated';

-- name: Site :one
select * from igny8_sites where account_id = current_account() and id = @id;

-- name: OpenPublication :one
-- The publication of a content on its site; made if there is none. It is leased
-- to the caller for a while: nothing comes back if somebody else has the lease.
insert into igny8_publications as p (account_id, site_id, sector_id, content_id, marker, slug, lease_until)
values (current_account(), @site_id, @sector_id, @content_id, @marker, @slug, now() + make_interval(secs => @lease_seconds::int))
on conflict (account_id, content_id, site_id) do update set lease_until = excluded.lease_until
	where p.lease_until is null or p.lease_until < now()
returning *;

-- name: ClosePublication :exec
-- Gives up a lease, if nobody else has another by now.
update igny8_publications set lease_until = null where account_id = current_account() and id = @id and lease_until = @lease_until;

-- name: PublicationOf :one
select * from igny8_publications where account_id = current_account() and content_id = @content_id;

-- name: PublicationStep :one
-- Nothing comes back if somebody else has the lease by now.
update igny8_publications set status = @status, wp_post_id = coalesce(sqlc.narg('wp_post_id'), wp_post_id), url = case when @url::text = '' then url else @url end,
	slug = case when @slug::text = '' then slug else @slug end, revision = greatest(revision, @revision::int), modified_gmt = case when @modified_gmt::text = '' then modified_gmt else @modified_gmt end,
	published_at = case when @status::text = 'published' then coalesce(published_at, now()) else published_at end, error_code = @error_code, error_message = @error_message
where account_id = current_account() and id = @id and lease_until = @lease_until
returning *;

-- name: ContentDelivered :exec
-- What was edited since it was read is not on the site, which is one difference more.
update igny8_content set status = @status, differences = @differences::jsonb || case when version = @version then '[]' else jsonb_build_array(@edited::text) end
where account_id = current_account() and id = @id;

-- name: IdeaPublished :exec
update igny8_content_ideas set status = 'published'
where account_id = current_account() and id = (select t.idea_id from igny8_tasks t where t.account_id = current_account() and t.id = @task_id) and status <> 'rejected';

-- name: TaskPublished :exec
update igny8_tasks set status = @status, error_code = '', error_message = '', updated_at = now() where account_id = current_account() and id = @id;

-- name: SiteMedia :many
select * from igny8_site_media where account_id = current_account() and site_id = @site_id and sha256 = any(@hashes::text[]);

-- name: SaveSiteMedia :exec
insert into igny8_site_media (account_id, site_id, sha256, media_id, url) values (current_account(), @site_id, @sha256, @media_id, @url)
on conflict do nothing;

-- name: SiteTerms :many
-- What is known of some names in either taxonomy.
select taxonomy, name, term_id from igny8_site_terms where account_id = current_account() and site_id = @site_id and taxonomy = any(@taxonomies::text[]) and name = any(@names::text[]);

-- name: SaveSiteTerm :exec
insert into igny8_site_terms (account_id, site_id, taxonomy, name, term_id) values (current_account(), @site_id, @taxonomy, @name, @term_id)
on conflict (account_id, site_id, taxonomy, name) do update set term_id = excluded.term_id;
