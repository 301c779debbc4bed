package sandbox

import "html/template"

// pageTemplates are the pages of the site, without scripts.
var pageTemplates = template.Must(template.New("").Parse(`
{{define "top"}}<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}{{if ne .Title .Site}} – {{.Site}}{{end}}</title>
<style>
:root { color-scheme: light dark; --ink: #1c2330; --soft: #667085; --line: #e4e7ec; --paper: #fbfaf7; --card: #ffffff; --accent: #0f6e5c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #98a2b3; --line: #2b3342; --paper: #12161f; --card: #1a202c; --accent: #63c7b0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.65 Georgia, "Times New Roman", serif; }
a { color: var(--accent); }
.note { background: var(--accent); color: var(--paper); font: 13px/1.4 system-ui, sans-serif; text-align: center; padding: 6px 12px; }
header { max-width: 1080px; margin: 0 auto; padding: 36px 24px 12px; }
header a { color: inherit; text-decoration: none; font-size: 30px; font-weight: 700; letter-spacing: -.01em; }
main { max-width: 1080px; margin: 0 auto; padding: 12px 24px 72px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); gap: 26px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; display: flex; flex-direction: column; }
.card img { width: 100%; aspect-ratio: 16 / 10; object-fit: cover; display: block; }
.card div { padding: 18px 20px 22px; }
.card h2 { font-size: 20px; line-height: 1.3; margin: 6px 0 8px; }
.card h2 a { color: inherit; text-decoration: none; }
.card p { margin: 0; color: var(--soft); font-size: 15px; line-height: 1.5; display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
.meta { font: 13px/1.5 system-ui, sans-serif; color: var(--soft); }
article.one { max-width: 720px; margin: 0 auto; overflow-wrap: break-word; }
article.one h1 { font-size: 38px; line-height: 1.18; margin: 8px 0 12px; letter-spacing: -.015em; }
article.one h2 { font-size: 25px; line-height: 1.3; margin: 42px 0 10px; }
article.one img { max-width: 100%; height: auto; border-radius: 10px; }
article.one figure { margin: 28px 0; }
article.one figcaption { font: 13px/1.5 system-ui, sans-serif; color: var(--soft); }
article.one .lead { width: 100%; margin: 18px 0 10px; }
table { border-collapse: collapse; width: 100%; font: 15px/1.5 system-ui, sans-serif; margin: 24px 0; }
th, td { border-bottom: 1px solid var(--line); padding: 9px 12px 9px 0; text-align: left; vertical-align: top; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
</style></head><body>
<div class="note">Sandbox site: these posts were made by the IGNY8 sandbox. Nothing here was written by a person or a model.</div>
<header><a href="/wp/">{{.Site}}</a></header><main>{{end}}
{{define "bottom"}}</main></body></html>{{end}}

{{define "front"}}{{template "top" .}}{{if .Articles}}<div class="grid">{{range .Articles}}
<section class="card">{{if .Image}}<a href="{{.Address}}"><img src="{{.Image}}" alt="{{.Alt}}" loading="lazy"></a>{{end}}
<div><span class="meta">{{range .Topics}}{{.}} · {{end}}{{.Date}}</span><h2><a href="{{.Address}}">{{.Title}}</a></h2><p>{{.Excerpt}}</p></div></section>
{{end}}</div>{{else}}<p>There are no posts yet. They appear here as soon as they are published.</p>{{end}}{{template "bottom" .}}{{end}}

{{define "post"}}{{template "top" .}}{{with .One}}<article class="one">
<span class="meta">{{range .Topics}}{{.}} · {{end}}{{.Date}} · {{.Author}} · {{.Words}} words</span>
<h1>{{.Title}}</h1>{{if .Image}}<img class="lead" src="{{.Image}}" alt="{{.Alt}}">{{end}}
{{.Body}}</article>{{end}}{{template "bottom" .}}{{end}}

{{define "missing"}}{{template "top" .}}<h1>Page not found</h1><p>There is nothing at this address, or it isn't published yet. <a href="/wp/">All posts</a></p>{{template "bottom" .}}{{end}}

{{define "home"}}{{template "top" .}}<article class="one"><h1>The sandbox</h1>
<p>It stands in for OpenAI, Runware and a WordPress site, on this machine only.</p>
<table><tr><th>Published posts</th><td>{{.Effects.Published}} – <a href="/wp/">read them</a></td></tr>
<tr><th>Posts created</th><td>{{.Effects.Posts}}</td></tr><tr><th>Pictures uploaded</th><td>{{.Effects.Media}}</td></tr>
<tr><th>Categories and tags</th><td>{{.Effects.Terms}}</td></tr><tr><th>Pictures made</th><td>{{.Effects.Images}}</td></tr>
<tr><th>Text replies</th><td>{{.Effects.TextCalls}} ({{.Effects.InputTokens}} tokens in, {{.Effects.OutputTokens}} out)</td></tr></table>
<p><a href="/_sandbox/effects">All counters</a> · <a href="/_sandbox/calls">every call</a> · <a href="/_sandbox/faults">faults</a></p></article>{{template "bottom" .}}{{end}}
`))
