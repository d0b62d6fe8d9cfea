import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import type { Environment } from '../../src/model/project.ts';
import { requireApproval } from '../../src/operations/apply/approval.ts';
import { accessTo } from '../../src/operations/session/access.ts';

const production: Environment = {
  name: 'production',
  target: 'api',
  apiKeyEnv: 'KEY_OF_PRODUCTION',
  baseUrl: undefined,
  protected: true,
  account: undefined,
  prune: false,
  state: { backend: 'file' },
  drift: 'report',
  groups: [],
  variables: {},
  variableOrigins: {},
};
const env = { KEY_OF_PRODUCTION: 'KEY_TEST_1' };

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
    const own = { ...production, baseUrl: 'https://own.example/v2' };
    expect(accessTo(own, { ...env, TELNYX_BASE_URL })).toMatchObject({ baseUrl: 'https://own.example/v2' });
    expect(accessTo(production, { ...env, TELNYX_BASE_URL })).toMatchObject({
      baseUrl: 'https://variable.example/v2',
    });
    expect(accessTo(production, env)).toMatchObject({ baseUrl: 'https://api.telnyx.com/v2' });
  });

  it.each([{}, { KEY_OF_PRODUCTION: '' }, { KEY_OF_PRODUCTION: '  ' }])(
    'names the variable of a key that is missing',
    (none) => {
      const failure = failureOf(() => accessTo(production, none));
      expect(failure.kind).toBe('auth');
      expect(failure.message).toContain('KEY_OF_PRODUCTION');
    },
  );

  it.each(['ftp://x.example', 'nonsense', 'https://user:pass@x.example/v2', 'https://x.example/v2?a=1'])(
    'refuses the address %s without repeating it',
    (baseUrl) => {
      const failure = failureOf(() => accessTo({ ...production, baseUrl }, env));
      expect(failure.kind).toBe('usage');
      expect(failure.message).not.toContain('pass');
    },
  );

  it('warns of plain http beyond this machine', () => {
    const at = (baseUrl: string) => accessTo({ ...production, baseUrl }, env);
    expect(at('http://api.example/v2')).toMatchObject({ warning: expect.stringContaining('not encrypted') });
    expect(at('http://127.0.0.1:8080/v2')).toMatchObject({ warning: undefined });
    expect(at('http://localhost:8080/v2')).toMatchObject({ warning: undefined });
    expect(at('https://api.example/v2')).toMatchObject({ warning: undefined });
  });
});

describe('approval', () => {
  it('is needed for a protected environment without a saved plan', () => {
    expect(failureOf(() => requireApproval(production, undefined, false)).code).toBe('APPROVAL_NEEDED');
    expect(() => requireApproval(production, 'production', false)).not.toThrow();
    expect(() => requireApproval(production, undefined, true)).not.toThrow();
    expect(() => requireApproval({ ...production, protected: false }, undefined, false)).not.toThrow();
  });

  it('of another environment is refused, saved plan or not', () => {
    expect(failureOf(() => requireApproval(production, 'staging', true)).kind).toBe('refused');
    expect(failureOf(() => requireApproval({ ...production, protected: false }, 'staging', false)).kind).toBe(
      'refused',
    );
  });
});
