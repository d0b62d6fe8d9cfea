import { diagnose } from '../../operations/doctor/doctor.ts';
import { probeAccount } from '../../operations/doctor/probe-account.ts';
import { renderDoctor, renderProbe } from '../../render/terminal/doctor-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';

export interface DoctorFlags {
  readonly format: string;
  readonly probe?: boolean;
  readonly account?: string;
}

/** Looks for what is wrong; with `--probe` finds out how the API behaves. */
export async function doctor(context: Context, flags: DoctorFlags): Promise<number> {
  if (flags.probe === true) {
    const report = await probeAccount(context, flags.account);
    if (flags.format === 'json') context.printJson(report);
    else context.print(renderProbe(report));
    return report.left.length === 0 ? EXIT_DONE : exitCodeOf('partial');
  }
  const { report, worst } = await diagnose(context);
  if (flags.format === 'json') context.printJson(report);
  else context.print(renderDoctor(report, context.style));
  return worst === undefined ? EXIT_DONE : exitCodeOf(worst);
}
