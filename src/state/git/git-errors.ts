import type { FailureCode } from '../../model/codes/failure-codes.ts';
import { concealText } from '../../model/credentials.ts';
import { type ErrorKind, Failure } from '../../model/errors.ts';
import { type GitFinished, OWNER_HINT } from './git-info.ts';
import { NO_PROGRAM } from './git-run.ts';

interface Known {
  readonly code: FailureCode;
  readonly kind: ErrorKind;
  readonly sign: RegExp;
  readonly what: string;
  readonly hint: string;
}

/** What git says on stderr, most telling first. */
const KNOWN: readonly Known[] = [
  {
    code: 'GIT_BARE_LAYOUT',
    kind: 'usage',
    sign: /cannot use bare repository/i,
    what: 'a folder of the project looks like a bare Git repository',
    hint: 'its configuration could run programs, so it is not used; remove HEAD, objects and refs from that folder',
  },
  {
    code: 'GIT_OWNER',
    kind: 'usage',
    sign: /dubious ownership/i,
    what: 'the clone belongs to another user, as in a container job',
    hint: `allow it, in the root of the clone: ${OWNER_HINT}`,
  },
  {
    code: 'GIT_NO_REPOSITORY',
    kind: 'usage',
    sign: /not a git repository \(or any/i,
    what: 'the project is not in a Git repository',
    hint: 'run inside a clone, or use `state: { backend: file }`',
  },
  {
    code: 'GIT_PERMISSION',
    kind: 'auth',
    sign: /authentication failed|could not read (username|password)|permission (to .* )?denied|error: 40[13]|not authori[sz]ed|access denied|terminal prompts disabled|not allowed to (push|upload)|read-?only/i,
    what: 'the remote refuses the credentials, or they do not allow this',
    hint: 'give the pipeline read access for plan and write access (contents: write) for apply',
  },
  {
    code: 'GIT_REMOTE_MISSING',
    kind: 'usage',
    sign: /does not appear to be a git repository|no such remote|repository .* (not found|does not exist)/i,
    what: 'there is no such remote',
    hint: 'check `state.remote` in assistantctl.yaml against `git remote -v`',
  },
  {
    code: 'GIT_REJECTED',
    kind: 'refused',
    sign: /remote rejected|hook declined|protected branch|deny updating/i,
    what: 'the remote does not accept updates of this ref',
    hint: 'allow it on the host, or choose a branch, for example `ref: refs/heads/assistantctl-production`',
  },
];

/** A failed git call as a `Failure` with a code of its own and the next thing to do. Credentials are cut out. */
export function gitFailure(doing: string, place: string, finished: GitFinished): Failure {
  const said = redactGitText(`${finished.stderr}\n${finished.stdout}`);
  const line = said
    .split('\n')
    .filter((one) => /^(fatal|error|remote|!)/.test(one))
    .slice(0, 2)
    .join('; ');
  if (finished.code === NO_PROGRAM) {
    return new Failure('usage', `${doing}: there is no git program`, {
      code: 'GIT_MISSING',
      hint: 'install git, or use `state: { backend: file }`',
    });
  }
  const known = KNOWN.find((one) => one.sign.test(said));
  const what = known?.what ?? (finished.code === null ? 'git took too long' : 'git failed');
  return new Failure(
    known?.kind ?? 'unavailable',
    `${doing} (${place}): ${what}${line === '' ? '' : `: ${line}`}`,
    {
      code: known?.code ?? 'GIT_UNREACHABLE',
      hint: known?.hint ?? 'check the network and the remote, then run the same command again',
    },
  );
}

/** Takes user information out of addresses and the content of authorization headers out of any text. */
export function redactGitText(text: string): string {
  return concealText(text)
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@')
    .replace(/(authorization:\s*)[^\r\n]*/gi, '$1***');
}
