import { Failure } from '../model/errors.ts';
import type { ForgeName } from '../model/forge.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Runtime } from '../runtime.ts';

/** Where a pipeline run belongs, from the variables of the CI system and from flags. */

export interface PlaceFlags {
  readonly forge?: ForgeName;
  readonly repo?: string;
  readonly change?: number;
  readonly commit?: string;
  readonly apiUrl?: string;
  readonly author?: string;
  readonly branch?: string;
}

export interface Place {
  readonly forge: ForgeName;
  readonly repository: string;
  readonly apiUrl: string;
  readonly token: Token | undefined;
  /** Number of the pull or merge request; undefined outside of one. */
  readonly change: number | undefined;
  /** Head of the change's branch as this run knows it; outside of a change, the commit of the run. */
  readonly commit: string | undefined;
  /** Branch that the run is on, outside of a change. */
  readonly branch: string | undefined;
  /** Who writes with the token, where that is known without asking. */
  readonly author: string | undefined;
  /** Link to the run. */
  readonly run: string | undefined;
}

export interface Token {
  readonly text: string;
  readonly header: 'bearer' | 'private-token' | 'job-token';
}

type Env = Runtime['env'];

/** Undefined where neither a flag nor the environment names a forge. `event` is the file of GitHub's webhook. */
export function placeOf(flags: PlaceFlags, env: Env, event: Json | undefined): Place | undefined {
  const forge = flags.forge ?? forgeOf(env);
  if (forge === undefined) return undefined;
  const found = forge === 'github' ? githubPlace(env, event) : gitlabPlace(env);
  const repository = flags.repo ?? found.repository;
  if (repository === undefined) {
    throw new Failure('usage', `it is not known which repository of ${forge} is meant`, {
      code: 'FORGE_REPOSITORY',
      hint: 'add --repo OWNER/NAME',
    });
  }
  return {
    ...found,
    repository,
    apiUrl: checkedUrl(flags.apiUrl ?? found.apiUrl),
    change: flags.change ?? found.change,
    commit: flags.commit ?? found.commit,
    branch: flags.branch ?? found.branch,
    author: flags.author ?? found.author,
  };
}

function forgeOf(env: Env): ForgeName | undefined {
  if (env.GITLAB_CI) return 'gitlab';
  return env.GITHUB_ACTIONS || env.GITHUB_REPOSITORY ? 'github' : undefined;
}

type Found = Omit<Place, 'repository'> & { readonly repository: string | undefined };

function githubPlace(env: Env, event: Json | undefined): Found {
  const pull = isObject(event) && isObject(event.pull_request) ? event.pull_request : undefined;
  const head = isObject(pull?.head) ? pull.head.sha : undefined;
  const fromRef = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1];
  const text = (env.GITHUB_TOKEN || env.GH_TOKEN)?.trim();
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return {
    forge: 'github',
    repository: repository || undefined,
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
    token: text ? { text, header: 'bearer' } : undefined,
    change: typeof pull?.number === 'number' ? pull.number : numberOf(fromRef),
    // On a pull request GITHUB_SHA is a merge commit that GitHub made for the run.
    commit: typeof head === 'string' ? head : env.GITHUB_SHA || undefined,
    branch: /^refs\/heads\/(.+)$/.exec(env.GITHUB_REF ?? '')?.[1],
    // A workflow's own token cannot ask the API for its account, which is always this one.
    author: env.GITHUB_ACTIONS ? 'github-actions[bot]' : undefined,
    run: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined,
  };
}

function gitlabPlace(env: Env): Found {
  const own = env.GITLAB_TOKEN?.trim();
  const job = env.CI_JOB_TOKEN?.trim();
  const ofJob: Token | undefined = job ? { text: job, header: 'job-token' } : undefined;
  return {
    forge: 'gitlab',
    // The pipeline of a fork runs in the fork; the merge request is in the project that it goes to.
    repository: env.CI_MERGE_REQUEST_PROJECT_ID || env.CI_PROJECT_ID || env.CI_PROJECT_PATH || undefined,
    apiUrl: env.CI_API_V4_URL || 'https://gitlab.com/api/v4',
    token: own ? { text: own, header: 'private-token' } : ofJob,
    change: numberOf(env.CI_MERGE_REQUEST_IID),
    // The source branch's head is named apart only where the pipeline runs on a merge result.
    commit: env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || env.CI_COMMIT_SHA || undefined,
    branch: env.CI_COMMIT_BRANCH || undefined,
    author: undefined,
    run: env.CI_JOB_URL || undefined,
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}

/** The token must not travel in the clear, except to this machine. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return text;
  throw new Failure('usage', 'the address of the forge is no https address', {
    code: 'FORGE_URL',
    hint: 'write --api-url like https://api.github.com or https://gitlab.example.com/api/v4',
  });
}
