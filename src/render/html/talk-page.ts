import { createHash } from 'node:crypto';
import type { TalkEntry, TalkOpen, TalkPage } from '../../model/talk.ts';
import { codeMarkup, escapeMarkup } from './escape.ts';
import { TALK_SCRIPT, WEB_CLIENT } from './talk-script.ts';

const CSS = `
:root{color-scheme:light dark;--ink:#1a2233;--soft:#57606a;--page:#f4f5f8;--raise:#fff;--edge:#dfe3ea;--call:#1f7a3d;--callink:#fff;--bad:#b42318}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3adbd;--page:#12161f;--raise:#1b212d;--edge:#2e3748;--call:#7ee2a0;--callink:#0d1f14;--bad:#ff9d95}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:720px;padding:24px 16px 48px;background:var(--page);color:var(--ink);font:16px/1.5 ui-sans-serif,system-ui,sans-serif}
h1{font-size:22px;line-height:1.25;margin:0 0 4px}
h2{font-size:16px;margin:28px 0 8px}
.meta{color:var(--soft);font-size:14px;margin:0}
code{font:13px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
ul{list-style:none;margin:16px 0;padding:0}
li{background:var(--raise);border:1px solid var(--edge);border-radius:12px;padding:14px 16px;margin:0 0 10px}
li b{display:block}
.small{color:var(--soft);font-size:14px;margin:2px 0 0}
button{font:600 15px/1 ui-sans-serif,system-ui,sans-serif;padding:11px 18px;border-radius:99px;border:1px solid var(--edge);background:var(--raise);color:var(--ink);cursor:pointer;margin:10px 8px 0 0}
button[data-target]{background:var(--call);color:var(--callink);border-color:var(--call)}
button:disabled{opacity:.55;cursor:not-allowed}
#status{min-height:24px;margin:18px 0 0;font-weight:600}
#status.bad{color:var(--bad)}
pre{background:var(--page);border:1px solid var(--edge);border-radius:8px;padding:10px 12px;overflow-x:auto;margin:8px 0 0}
`;

/**
 * One file from which a reviewer calls what a preview staged. It carries no credential: Telnyx lets a browser call an
 * assistant that allows it. Its policy lets it load the web client and reach Telnyx, and nothing else.
 */
export function renderTalkPage({ project, environment, preview, commit, assistants }: TalkPage): string {
  const open = assistants.filter((entry) => entry.status === 'open');
  const closed = assistants.filter((entry) => entry.status === 'closed');
  const policy = [
    "default-src 'none'",
    `script-src ${WEB_CLIENT.url} '${hashOf(TALK_SCRIPT)}'`,
    `style-src '${hashOf(CSS)}'`,
    'connect-src wss://*.telnyx.com https://*.telnyx.com',
    'media-src blob: mediastream:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const from = commit === null ? '' : `, from commit ${codeMarkup(commit.slice(0, 12))}`;
  const body = [
    `<h1>Talk to preview ${escapeMarkup(preview)}</h1>`,
    `<p class="meta">${escapeMarkup(project)}, ${escapeMarkup(environment)}${from}. Callers do not hear these versions.</p>`,
    `<ul>${open.map(openItem).join('')}</ul>`,
    '<p id="status" role="status">The script of this page does not run.</p>',
    '<button id="hangup" type="button" disabled>Hang up</button><button id="mute" type="button" disabled>Mute</button>',
    '<audio id="voice" autoplay></audio>',
    ...(closed.length === 0 ? [] : [`<h2>Cannot be called</h2><ul>${closed.map(closedItem).join('')}</ul>`]),
    `<p class="small">A handoff leads to the main of the next assistant, unless the preview was made with <code>--linked</code>. A call costs what a call costs.</p>`,
  ];
  return (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n' +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    '<meta name="referrer" content="no-referrer">\n' +
    `<title>Talk to preview ${escapeMarkup(preview)}</title>\n<style>${CSS}</style>\n` +
    `<script src="${WEB_CLIENT.url}" integrity="${WEB_CLIENT.integrity}" crossorigin="anonymous" defer></script>\n` +
    `</head>\n<body>\n<main>\n${body.join('\n')}\n</main>\n<script type="module">${TALK_SCRIPT}</script>\n</body>\n</html>\n`
  );
}

function openItem({ address, name, remote_id: id, version_id: version, caution }: TalkOpen): string {
  const what = version === null ? 'temporary copy' : `version ${codeMarkup(version)}`;
  const data = [
    `data-target="${escapeMarkup(id)}"`,
    ...(version === null ? [] : [`data-version="${escapeMarkup(version)}"`]),
    `data-name="${escapeMarkup(name)}"`,
  ].join(' ');
  const note = caution === null ? '' : `<p class="small">${escapeMarkup(caution)}</p>`;
  return `<li><b>${escapeMarkup(name)}</b><p class="small">${codeMarkup(address)}, ${what}</p>${note}<button type="button" ${data}>Call</button></li>`;
}

function closedItem(entry: Extract<TalkEntry, { readonly status: 'closed' }>): string {
  const write =
    entry.write === null
      ? ''
      : `<pre><code>${entry.write
          .split('\n')
          .map((line) => escapeMarkup(line))
          .join('\n')}</code></pre>`;
  return `<li><b>${escapeMarkup(entry.name)}</b><p class="small">${codeMarkup(entry.address)}: ${escapeMarkup(entry.reason)}</p>${write}</li>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
