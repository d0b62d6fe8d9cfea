import { hash } from 'node:crypto';
import type { Failure } from '../model/errors.ts';
import type { Happening } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { driftHappenings } from '../operations/events/happenings.ts';
import type { Runtime } from '../runtime.ts';
import { forget, type Memory } from './memory.ts';
import { failedHappening } from './reconcile.ts';
import type { ReconcileAttempt } from './schedule.ts';
import { changeMemory, createTelling, hasListeners, type Scene } from './telling.ts';

export interface ChronicleOptions {
  readonly runtime: Runtime;
  readonly environment: string;
  /** File of `--events`. */
  readonly events: string | undefined;
  /** This process, as others see it. */
  readonly own: string;
  readonly isLeftBehind: (name: string, by: string) => boolean;
}

/** What is remembered beside the state and told to those who listen, each once, whichever replica comes to do it. */
export interface Chronicle {
  /**
   * Leaves word of an apply, so that its end is told also when this process does not live to tell it. For whoever has
   * the lease.
   */
  begin(scene: Scene, commit: string): Promise<void>;
  /** An apply ended; `kept` is an attempt that is not made again before something moves. */
  ended(scene: Scene, end: ApplyEnd): Promise<void>;
  /** The commit is in effect: ends what an apply has begun whose process is gone. */
  inEffect(scene: Scene, appliedCommit: string | null, memory: Memory): Promise<void>;
  drift(scene: Scene, plan: Plan, memory: Memory): Promise<void>;
  failed(scene: Scene, commit: string, failure: Failure): Promise<void>;
  tell(scene: Scene, key: string, happenings: readonly Happening[]): Promise<void>;
  /** Tells what a process that is gone was about to tell. */
  deliver(scene: Scene, memory: Memory): Promise<void>;
  /** Whether anybody listens. */
  readonly listened: boolean;
}

export interface ApplyEnd {
  readonly key: string;
  readonly happenings: readonly Happening[];
  readonly kept: Memory['attempt'] | undefined;
}

export function createChronicle(options: ChronicleOptions): Chronicle {
  const { runtime, environment, events, own, isLeftBehind } = options;
  const listened = hasListeners(runtime.env, events);
  const telling = createTelling({ events, own, isLeftBehind });
  const tell: Chronicle['tell'] = (scene, key, happenings) => telling.tell(scene, { key, happenings });

  return {
    listened,
    tell,
    deliver: (scene, memory) => telling.deliverLeftBehind(scene, memory),
    begin: async (scene, commit) => {
      if (!listened) return;
      await changeMemory(scene, (found) => ({ ...found, begun: { commit, by: own } }));
    },
    ended: (scene, { key, happenings, kept }) =>
      telling.tell(scene, { key, happenings }, (memory) => {
        const { attempt, begun, ...rest } = memory;
        if (kept !== undefined) return { ...rest, attempt: kept };
        return attempt === undefined && begun === undefined ? memory : rest;
      }),
    inEffect: async (scene, appliedCommit, { begun }) => {
      if (begun === undefined || !isLeftBehind('begun', begun.by)) return;
      const text = `applied in ${environment}: ended by a process that is gone`;
      const applied: Happening = { type: 'applied', text, data: { commit: begun.commit } };
      const happenings = begun.commit === appliedCommit ? [applied] : [];
      await telling.tell(scene, { key: `begun ${begun.commit}`, happenings }, (memory) => {
        const { begun: present, ...rest } = memory;
        return present?.commit === begun.commit && present.by === begun.by ? rest : memory;
      });
    },
    drift: async (scene, plan, memory) => {
      if (!listened) return;
      const happenings = driftHappenings(plan);
      if (happenings.length > 0) {
        const what = JSON.stringify(happenings.map(({ data }) => data));
        return await tell(scene, `drift ${shortHash(what)}`, happenings);
      }
      if (forget(memory, 'drift ') !== undefined)
        await changeMemory(scene, (found) => forget(found, 'drift '));
    },
    failed: async (scene, commit, failure) => {
      await tell(scene, `failed ${commit} ${failure.code}`, [failedHappening(environment, failure)]);
    },
  };
}

/** The attempt of whoever worked here last, as one of our own. */
export function rememberedAttempt({ attempt }: Memory): ReconcileAttempt | undefined {
  if (attempt === undefined) return undefined;
  const { commit, approvals, live, code } = attempt;
  return { at: 0, code, failures: 0, circumstances: { commit, approvals, live } };
}

/** Names something that is told once. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}
