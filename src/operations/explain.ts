import { Failure } from '../model/errors.ts';
import type { Explained } from '../model/explained.ts';
import { explainSpec } from '../specs/load/explain.ts';
import { openSpecs } from '../specs/load/load.ts';
import { findAddress } from './address-argument.ts';
import type { Host } from './host.ts';
import { gatherProject, refuseSpecErrors } from './session/inputs.ts';

export interface Explanation {
  readonly address: string;
  readonly environment: string;
  /** Empty where the resource is for other environments alone, and several were asked for. */
  readonly values: readonly Explained[];
}

/** Says where the values of a spec come from, all of them or those below a JSON Pointer; reads files only. */
export async function explainValues(
  host: Host,
  text: string,
  pointer: string | undefined,
): Promise<Explanation> {
  const address = await findAddress(host, text);
  if (pointer !== undefined && !/^(\/([^~]|~[01])*)?$/.test(pointer)) {
    throw new Failure('usage', `${JSON.stringify(pointer)} is no JSON Pointer`, {
      code: 'POINTER_INVALID',
      hint: /^[\w~]+(?:[./][\w~]+)*$/.test(pointer)
        ? `write /${pointer.replaceAll('.', '/')}`
        : 'write it like /voice_settings/voice_speed',
    });
  }
  const project = await gatherProject(host);
  const specs = await openSpecs(project, host.workspace?.specs());
  refuseSpecErrors(specs.desired);
  if (host.flags.several === true && specs.desired.elsewhere.has(address)) {
    return { address, environment: project.environment.name, values: [] };
  }
  const values = explainSpec(specs, address, pointer ?? '');
  if (values === undefined) throw unknownResource(address, project.environment.name);
  if (values.length === 0) throw nothingThere(address, pointer ?? '');
  return { address, environment: project.environment.name, values };
}

function unknownResource(address: string, environment: string): Failure {
  return new Failure('usage', `the specs have no resource ${address} in the environment ${environment}`, {
    code: 'EXPLAIN_UNKNOWN',
    hint: 'assistantctl graph lists what there is; an abstract document is no resource',
    details: { address },
  });
}

function nothingThere(address: string, pointer: string): Failure {
  return new Failure('usage', `${address} writes nothing at ${pointer}, and no default of the API is known`, {
    code: 'EXPLAIN_NOTHING',
    hint: `what a spec does not write is not managed; assistantctl explain ${address} lists what it writes`,
    details: { address, pointer },
  });
}
