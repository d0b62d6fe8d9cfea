import { Failure } from '../../model/errors.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import { gatherProject, refuseSpecErrors } from '../../operations/session/inputs.ts';
import { renderExplained } from '../../render/terminal/explain-text.ts';
import { explainSpec } from '../../specs/load/explain.ts';
import { openSpecs } from '../../specs/load/load.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Says where the values of a spec come from; reads files only. */
export async function explain(
  context: Context,
  text: string,
  pointer: string | undefined,
  format: string,
): Promise<number> {
  const address = requireAddress(text);
  if (pointer !== undefined && !/^(\/([^~]|~[01])*)?$/.test(pointer)) {
    throw new Failure('usage', `${JSON.stringify(pointer)} is no JSON Pointer`, {
      code: 'POINTER_INVALID',
      hint: 'write it like /voice_settings/voice_speed',
    });
  }
  const project = await gatherProject(context);
  const specs = await openSpecs(project);
  refuseSpecErrors(specs.desired);
  const values = explainSpec(specs, address, pointer ?? '');
  if (values === undefined) throw unknownResource(address, project.environment.name);
  if (values.length === 0) throw nothingThere(address, pointer ?? '');
  const environment = project.environment.name;
  if (format === 'json') context.printJson({ format_version: '1.0', address, environment, values });
  else context.print(renderExplained(`${address} (${environment})`, values, context.style));
  return EXIT_DONE;
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
