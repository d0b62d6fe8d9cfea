import type {
  BodyOperation,
  BodyValidator,
  EmulatorHandle,
  EmulatorOptions,
} from '../../emulator/contract/contract.ts';
import { startEmulator } from '../../emulator/server/server.ts';
import { Failure } from '../../model/errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { Validate } from '../../specs/generated/validators.ts';
import { assistantBody, mcpServerBody, testBody, toolBody } from '../../specs/generated/validators.ts';
import { ignoreInGit } from '../../state/ignored-folder.ts';
import { reasonOf } from '../files.ts';

/** Bodies of updates are partial and may clear fields with null, which the create schemas do not describe. */
const BODIES: { readonly [operation in BodyOperation]?: Validate } = {
  'assistant.create': assistantBody,
  'tool.create': toolBody,
  'mcp_server.create': mcpServerBody,
  'test.create': testBody,
};

/** The embedded API on 127.0.0.1, held to the same schemas as the specs. Fails with `usage` when it cannot start. */
export async function launchEmulator(
  runtime: Runtime,
  options: Omit<EmulatorOptions, 'clock' | 'randomUuid' | 'validateBody'>,
): Promise<EmulatorHandle> {
  const { clock, uuid: randomUuid } = runtime;
  if (options.dataFile !== undefined) await ignoreInGit(options.dataFile);
  try {
    return await startEmulator({ ...options, clock, randomUuid, validateBody });
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('usage', `the embedded API cannot start: ${reasonOf(cause)}`, {
      code: 'EMULATOR_START',
      hint: startHint(cause),
      cause,
    });
  }
}

function startHint(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return 'the embedded API keeps its data in .assistantctl of the project: make that folder writable, or copy the project';
  }
  if (code === 'ENOSPC') return 'free some space on the disk, then run the command again';
  return 'another program may have the port: choose one with --port';
}

const PASSING = ['additionalProperties', 'unevaluatedProperties', 'openEnum'];

/** Fields that the API takes more of than the specs do, or refuses in words of its own. */
const OWN_RULES = ['/transcription/settings/keyterm', '/timeout_ms'];

const validateBody: BodyValidator = (operation, body) => {
  const validate = BODIES[operation];
  if (validate === undefined || validate(body)) return [];
  // What the API does with a field that it does not know is a switch of the emulator itself, and its catalogues grow.
  return (validate.errors ?? [])
    .filter(({ keyword, instancePath }) => !PASSING.includes(keyword) && !OWN_RULES.includes(instancePath))
    .map((error) => ({
      loc: error.instancePath.split('/').slice(1),
      msg: error.message ?? 'is not valid',
      type: `value_error.${error.keyword}`,
    }));
};
