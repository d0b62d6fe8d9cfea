import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import type { Environment } from '../../src/model/project.ts';
import { requireApproval } from '../../src/operations/apply/approval.ts';
import { accessTo } from '../../src/operations/session/access.ts';

const production: Environment = {
  name: 'production',
  target: 'api',
  apiKeyEnv: 'TELNYX_KEY_OF_PRODUCTION',
  baseUrl: undefined,
  protected: true,
  account: undefined,
  prune: false,
  state: { backend: 'file' },
  drift: 'report',
  groups: [],
  quirks: {},
  listsShowMain: true,
  variables: {},
  variableOrigins: {},
  settings: {},
};
const env = { TELNYX_KEY_OF_PRODUCTION: 'KEY_TEST_1' };

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no failure');
}

describe('access to an environment', () => {
  it('needs nothing for the emulator', () => {
    expect(accessTo({ ...production, target: 'emulator' }, {})).toEqual({ target: 'emulator' });
  });

  it('takes base_url, then TELNYX_BASE_URL, then the public address', () => {
    const TELNYX_BASE_URL = 'https://variable.example/v2/';
    const own = { ...production, baseUrl: 'https://api.telnyx.eu/v2' };
    expect(accessTo(own, { ...env, TELNYX_BASE_URL })).toMatchObject({ baseUrl: 'https://api.telnyx.eu/v2' });
    expect(accessTo(production, { ...env, TELNYX_BASE_URL })).toMatchObject({
      baseUrl: 'https://variable.example/v2',
    });
    expect(accessTo(production, env)).toMatchObject({ baseUrl: 'https://api.telnyx.com/v2' });
  });

  it.each([{}, { TELNYX_KEY_OF_PRODUCTION: '' }, { TELNYX_KEY_OF_PRODUCTION: '  ' }])(
    'names the variable of a key that is missing',
    (none) => {
      const failure = failureOf(() => accessTo(production, none));
      expect(failure.kind).toBe('auth');
      expect(failure.message).toContain('TELNYX_KEY_OF_PRODUCTION');
    },
  );

  it.each([
    ['"KEY_TEST_1"', 'in quotes'],
    ['Bearer KEY_TEST_1', 'name of the header'],
    ['TELNYX_API_KEY=KEY_TEST_1', 'name of the variable'],
    ['$TELNYX_API_KEY', 'nothing put a value in for'],
    ['<your key>', 'placeholder'],
    ['your_api_key', 'placeholder'],
    ['KEY TEST', 'a space'],
  ])('says what came along with the key %s, without the key', (key, slip) => {
    const failure = failureOf(() => accessTo(production, { TELNYX_KEY_OF_PRODUCTION: key }));
    expect(failure).toMatchObject({ kind: 'auth', code: 'KEY_MALFORMED' });
    expect(failure.message).toContain(slip);
    expect(failure.message).not.toContain('KEY_TEST_1');
  });

  it('says that the public address is written with https', () => {
    const plain = { ...production, baseUrl: 'http://api.telnyx.com/v2' };
    const failure = failureOf(() => accessTo(plain, env));
    expect(failure).toMatchObject({ code: 'HOST_UNTRUSTED' });
    expect(failure.hint).toMatch(/^write https:\/\/api\.telnyx\.com; or,/);
  });

  it.each(['ftp://x.example', 'nonsense', 'https://user:pass@x.example/v2', 'https://x.example/v2?a=1'])(
    'refuses the address %s without repeating it',
    (baseUrl) => {
      const failure = failureOf(() => accessTo({ ...production, baseUrl }, env));
      expect(failure.kind).toBe('usage');
      expect(failure.message).not.toContain('pass');
    },
  );

  const at = (baseUrl: string | undefined, more: Record<string, string> = {}) =>
    accessTo({ ...production, baseUrl }, { ...env, ...more });

  it.each([
    'https://api.telnyx.com/v2',
    'https://api.telnyx.eu/v2',
    'https://api.telnyx.com.au/v2',
    'https://api.telnyx.ca/v2',
    'https://api.telnyx.me/v2',
    'https://API.Telnyx.com/v2',
    'http://127.0.0.1:8080/v2',
    'http://localhost:8080/v2',
    'http://[::1]:8080/v2',
    'https://127.9.9.9/v2',
  ])('lets a key go to %s', (address) => {
    expect(at(address)).toMatchObject({ apiKey: 'KEY_TEST_1' });
  });

  it.each([
    'https://attacker.example/v2',
    'http://attacker.example/v2',
    'http://api.telnyx.com/v2',
    'https://api.telnyx.com.attacker.example/v2',
    'https://attacker.example/api.telnyx.com',
    'https://xapi.telnyx.com/v2',
    'https://telnyx.com/v2',
    'https://api.telnyx.com:8443/v2',
    'http://127.0.0.1.attacker.example/v2',
    'http://0.0.0.0:8080/v2',
    'http://10.0.0.7/v2',
    'https://api.telnyx.com./v2',
  ])('lets no key go to %s', (address) => {
    const failure = failureOf(() => at(address));
    expect(failure).toMatchObject({ kind: 'auth', code: 'HOST_UNTRUSTED' });
    expect(failure.message + failure.hint).not.toContain('KEY_TEST_1');
    // A base_url of the project file widens nothing that the pipeline pins.
    expect(failureOf(() => at(address, { TELNYX_BASE_URL: 'https://gateway.example/v2' })).code).toBe(
      'HOST_UNTRUSTED',
    );
  });

  it('lets a key go where a variable of the pipeline leads it, over https', () => {
    expect(at(undefined, { TELNYX_BASE_URL: 'https://gateway.example/v2' })).toMatchObject({
      baseUrl: 'https://gateway.example/v2',
    });
    const pinned = { TELNYX_BASE_URL: 'https://gateway.example/v2' };
    expect(at('https://gateway.example/other', pinned)).toMatchObject({ apiKey: 'KEY_TEST_1' });
    const plain = { TELNYX_BASE_URL: 'http://gateway.example/v2' };
    expect(failureOf(() => at(undefined, plain)).code).toBe('HOST_UNTRUSTED');
    const allowed = { ASSISTANTCTL_API_HOSTS: 'other.example, http://gateway.example' };
    expect(at(undefined, { ...plain, ...allowed })).toMatchObject({ apiKey: 'KEY_TEST_1' });
  });

  it.each([
    ['gateway.example', 'https://gateway.example/v2', true],
    ['gateway.example', 'http://gateway.example/v2', false],
    ['gateway.example', 'https://gateway.example:8443/v2', false],
    ['gateway.example:8443', 'https://gateway.example:8443/v2', true],
    ['https://gateway.example', 'https://gateway.example/v2', true],
    ['http://gateway.example:8080', 'http://gateway.example:8080/v2', true],
    ['http://gateway.example:8080', 'http://gateway.example:9090/v2', false],
    ['http://gateway.example:8080', 'https://gateway.example/v2', false],
  ])('ASSISTANTCTL_API_HOSTS=%s and %s: %s', (ASSISTANTCTL_API_HOSTS, address, fine) => {
    const access = () => at(address, { ASSISTANTCTL_API_HOSTS });
    if (fine) expect(access()).toMatchObject({ apiKey: 'KEY_TEST_1' });
    else expect(failureOf(access).code).toBe('HOST_UNTRUSTED');
  });

  it.each(['GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'CI_JOB_TOKEN', 'ACME_KEY'])(
    'takes no other secret of the job for a key: %s',
    (apiKeyEnv) => {
      const secrets = { [apiKeyEnv]: 'KEY_TEST_other' };
      const access = (more = {}) => accessTo({ ...production, apiKeyEnv }, { ...secrets, ...more });
      const failure = failureOf(access);
      expect(failure).toMatchObject({ kind: 'usage', code: 'KEY_VARIABLE' });
      expect(`${failure.message}${failure.hint}`).not.toContain('KEY_TEST_other');
      const listed = { ASSISTANTCTL_KEY_VARIABLES: `X_KEY,${apiKeyEnv}` };
      expect(access(listed)).toMatchObject({ apiKey: 'KEY_TEST_other' });
    },
  );
});

describe('approval', () => {
  it('a command that takes no saved plan does not tell one to apply it', () => {
    const hintOf = (takesPlan: boolean) =>
      failureOf(() => requireApproval(production, { approve: undefined, takesPlan })).hint;
    expect(hintOf(false)).toBe('add --approve production');
    expect(hintOf(true)).toBe(
      'apply a saved plan (plan --env production --out FILE), or add --approve production',
    );
  });

  it('is needed for a protected environment without a saved plan', () => {
    expect(failureOf(() => requireApproval(production, { approve: undefined })).code).toBe('APPROVAL_NEEDED');
    expect(() => requireApproval(production, { approve: 'production' })).not.toThrow();
    expect(() => requireApproval(production, { approve: undefined, otherwise: true })).not.toThrow();
    expect(() => requireApproval({ ...production, protected: false }, { approve: undefined })).not.toThrow();
  });

  it('of another environment is refused, saved plan or not', () => {
    expect(failureOf(() => requireApproval(production, { approve: 'staging', otherwise: true })).kind).toBe(
      'refused',
    );
    expect(
      failureOf(() => requireApproval({ ...production, protected: false }, { approve: 'staging' })).kind,
    ).toBe('refused');
  });
});
