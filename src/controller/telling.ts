import { hash } from 'node:crypto';
import type { Happening } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import { emit } from '../operations/events/emit.ts';
import type { Host } from '../operations/host.ts';
import { remember } from '../operations/session/requests.ts';
import { type Letter, type Memory, memoryJson, readMemory, withLetters, withoutLetters } from './memory.ts';

/** Where something happens: the host of the work, and the project that it is about. */
export interface Scene {
  readonly host: Host;
  readonly project: Project;
}

export interface TellingOptions {
  /** File of `--events`. */
  readonly events: string | undefined;
  /** This process, as the memory names it. */
  readonly own: string;
  readonly isLeftBehind: (name: string, by: string) => boolean;
}

/** Tells what happened, each once, whichever replica comes to tell it. */
export interface Telling {
  /** `key` names what is told: no replica tells it again. `change` is made to the memory along with it. */
  tell(
    scene: Scene,
    told: { readonly key: string; readonly happenings: readonly Happening[] },
    change?: (memory: Memory) => Memory,
  ): Promise<void>;
  /** Tells what a process that is gone was about to tell. */
  deliverLeftBehind(scene: Scene, memory: Memory): Promise<void>;
}

/** Whether anybody listens: without it nothing is written beside the state. */
export function hasListeners(env: Host['runtime']['env'], events: string | undefined): boolean {
  return events !== undefined || Object.keys(env).some((name) => name.startsWith('ASSISTANTCTL_NOTIFY'));
}

/** Writes the next memory; undefined from `change`: nothing is to be written. */
export function changeMemory(
  { host, project }: Scene,
  change: (memory: Memory) => Memory | undefined,
): Promise<boolean> {
  return remember(host, project, (found: JsonObject | undefined) => {
    const next = change(readMemory(found));
    return next === undefined ? undefined : memoryJson(next);
  });
}

export function createTelling({ events, own, isLeftBehind }: TellingOptions): Telling {
  /** Ids of what was sent, and could not be taken out of the memory yet. */
  const sent = new Set<string>();

  async function send(scene: Scene, letters: readonly Letter[]): Promise<void> {
    const { host, project } = scene;
    const happenings = letters
      .filter(({ id }) => !sent.has(id))
      .map(({ id, at, happening }) => ({ ...happening, id, at }));
    const environment = project.environment.name;
    const ids = letters.map(({ id }) => id);
    await emit(host, happenings, { file: events, project: project.name, environment, notify: true });
    for (const id of ids) sent.add(id);
    await changeMemory(scene, (memory) => withoutLetters(memory, ids));
    for (const id of ids) sent.delete(id);
  }

  return {
    tell: async (scene, { key, happenings }, change = (memory) => memory) => {
      const { project, host } = scene;
      const { runtime } = host;
      const at = runtime.clock().toISOString();
      const letters = happenings.map((happening, index) => ({
        id: hash('sha256', `${project.name} ${project.environment.name} ${key} ${index}`, 'hex').slice(0, 32),
        at,
        by: own,
        happening,
      }));
      const listened = hasListeners(runtime.env, events) && letters.length > 0;
      let fresh = false;
      await changeMemory(scene, (memory) => {
        const next = listened ? withLetters(memory, key, letters) : undefined;
        fresh = next !== undefined;
        const changed = change(next ?? memory);
        return changed === memory ? undefined : changed;
      });
      if (fresh) await send(scene, letters);
    },
    deliverLeftBehind: async (scene, memory) => {
      const left = memory.letters.filter(({ id, by }) => isLeftBehind(`letter ${id}`, by));
      if (left.length === 0) return;
      const ids = new Set(left.map(({ id }) => id));
      const mine = await changeMemory(scene, (found) => {
        const letters = found.letters.map((letter) => (ids.has(letter.id) ? { ...letter, by: own } : letter));
        return found.letters.some(({ id }) => ids.has(id)) ? { ...found, letters } : undefined;
      });
      if (mine) await send(scene, left);
    },
  };
}
