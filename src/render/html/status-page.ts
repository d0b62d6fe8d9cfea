import type { ControllerStatus, EnvironmentPhase, EnvironmentStatus } from '../../model/controller-status.ts';
import { escapeMarkup } from './escape.ts';
import { renderPage } from './page.ts';

const PHASES: { readonly [phase in EnvironmentPhase]: { readonly words: string; readonly pill: string } } = {
  starting: { words: 'starting', pill: '' },
  'in-effect': { words: 'in effect', pill: 'passed' },
  applying: { words: 'applying', pill: 'update' },
  waiting: { words: 'waits for a person', pill: 'conflict' },
  failing: { words: 'failing, tried again', pill: 'failed' },
  standby: { words: 'another replica works', pill: 'adopt' },
};

/** The controller at a glance: environments, commits, what waits and why, rollouts, drift. Addresses and paths, never values. */
export function renderStatusPage(status: ControllerStatus): string {
  const { repository, environments, branch, version } = status;
  const counts = [
    ['in effect', environments.filter(({ phase }) => phase === 'in-effect').length],
    ['waiting', environments.filter(({ phase }) => phase === 'waiting').length],
    ['failing', environments.filter(({ phase }) => phase === 'failing').length],
    ['drifted', environments.filter(({ drift }) => drift.resources.length > 0).length],
  ] as const;
  const tiles = counts
    .map(
      ([label, count]) =>
        `<li${count === 0 ? ' class="zero"' : ''}><b>${count}</b><span>${label}</span></li>`,
    )
    .join('');
  const trouble =
    repository.error === null
      ? ''
      : `<div class="alert"><p><b>The branch cannot be followed.</b> ${escapeMarkup(repository.error)}. The last good commit stays in effect.</p></div>`;
  const body = `<header><p class="meta">assistantctl ${escapeMarkup(version)} follows <code>${escapeMarkup(branch)}</code></p>
<h1>${commitText(repository.commit)}</h1>
<p class="meta">fetched ${timeText(repository.fetched_at)}, every ${status.schedule.fetch_seconds} s; drift is looked for every ${status.schedule.drift_seconds} s</p>
<ul class="tiles">${tiles}</ul>${trouble}</header>
<main id="main">${environments.map(environmentPart).join('')}</main>
<footer><p class="meta">Nothing can be changed from this page. <code>/status</code> has the same as JSON, <code>/metrics</code> the figures.</p></footer>`;
  return renderPage({ title: `assistantctl: ${branch}`, body });
}

function environmentPart(one: EnvironmentStatus): string {
  const { words, pill } = PHASES[one.phase];
  const reason =
    one.reason === null
      ? ''
      : `<div class="alert"><p><b><code>${escapeMarkup(one.reason.code)}</code></b> ${escapeMarkup(one.reason.message)}</p></div>`;
  const tried =
    one.tried_commit === null || one.tried_commit === one.applied_commit
      ? ''
      : `, tried ${commitText(one.tried_commit)} ${timeText(one.tried_at)}`;
  const next = one.next_at === null ? '' : `, next attempt ${timeText(one.next_at)}`;
  return `<section><h2>${escapeMarkup(one.environment)} <span class="pill ${pill}">${words}</span></h2>
<p class="meta">applied ${commitText(one.applied_commit)} ${timeText(one.applied_at)}${tried}${next}</p>${reason}
${list(
  'Waits to be applied',
  one.pending.map(
    ({ address, action, paths }) =>
      `<b>${escapeMarkup(action)}</b> <code>${escapeMarkup(address)}</code> ${pathsText(paths)}`,
  ),
)}
${approvalText(one)}
${list(
  'Rollouts',
  one.rollouts.map(
    ({ address, weight, next_at, why }) =>
      `<code>${escapeMarkup(address)}</code> ${weight ?? 0} % of the calls, next step ${timeText(next_at)}${why === null ? '' : `: ${escapeMarkup(why)}`}`,
  ),
)}
${list(
  'Changed outside Git',
  one.drift.resources.map(
    ({ address, paths }) => `<code>${escapeMarkup(address)}</code> ${pathsText(paths)}`,
  ),
)}
</section>`;
}

/** What a person types who agrees to what waits. */
function approvalText({ environment, reason, plan_digest: digest }: EnvironmentStatus): string {
  if (digest === null || reason?.code !== 'UNREVIEWED') return '';
  const line = `assistantctl approve --env ${environment} ${digest}`;
  return `<p class="meta">To let exactly this plan pass: <code>${escapeMarkup(line)}</code></p>`;
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<h4>${title}</h4><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

const MOST_PATHS = 12;

function pathsText(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_PATHS).map((path) => `<code>${escapeMarkup(path)}</code>`);
  const more = paths.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function commitText(commit: string | null): string {
  return commit === null ? 'no commit yet' : `<code>${escapeMarkup(commit.slice(0, 12))}</code>`;
}

function timeText(at: string | null): string {
  if (at === null) return 'never';
  return `<time datetime="${escapeMarkup(at)}">${escapeMarkup(at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</time>`;
}
