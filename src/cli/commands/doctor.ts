import { diagnose } from '../../operations/doctor/doctor.ts';
import { probeAccount } from '../../operations/doctor/probe-account.ts';
import { renderDoctor, renderProbe } from '../../render/terminal/doctor-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { format } from '../options.ts';

/** Looks for what is wrong; with `--probe` finds out how the API behaves. */
export const doctor = defineCommand({
  usage: 'doctor',
  options: (command) =>
    command
      .option('--probe', 'find out how the API behaves, by experiments in an account that nobody calls')
      .option('--account <fingerprint>', 'the account in which experiments may be made')
      .addOption(format('text', 'json')),
  run: async (context, _args, flags) => {
    if (flags.probe === true) {
      const report = await probeAccount(context, flags.account);
      if (flags.format === 'json') context.printJson(report);
      else context.print(renderProbe(report));
      if (report.left.length > 0) return exitCodeOf('partial');
      const signal = context.interruptedBy();
      return signal === undefined ? EXIT_DONE : exitCodeOf('interrupted', signal);
    }
    const { report, worst } = await diagnose(context);
    if (flags.format === 'json') context.printJson(report);
    else context.print(renderDoctor(report, context.style));
    return worst === undefined ? EXIT_DONE : exitCodeOf(worst);
  },
});
