import type { DesiredResource } from '../../model/desired.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { fromPointer, type JsonObject } from '../../model/json.ts';
import { writtenPath } from '../documents/keyed-path.ts';
import type { Finding } from '../problems/problem.ts';
import { objectOf, objectsOf, problem, warning } from './world.ts';

/** Settings of transcription that bound each other, for the assistant and for each node of its flow. */
export function transcriptionRules({ spec }: DesiredResource): readonly Finding[] {
  const nodes = objectsOf(objectOf(spec.conversation_flow).nodes);
  return [
    ...bothModels(objectOf(spec.transcription), '/spec/transcription'),
    ...nodes.flatMap(([index, node]) =>
      bothModels(objectOf(node.transcription), `/spec/conversation_flow/nodes/${index}/transcription`),
    ),
  ];
}

/** The first model and the one that listens along. */
function bothModels(transcription: JsonObject, pointer: string): readonly Finding[] {
  return [
    ...turnRules(transcription, pointer),
    ...turnRules(objectOf(transcription.challenger), `${pointer}/challenger`),
  ];
}

const BOUNDS = [
  ['eager_eot_threshold', 'eot_threshold'],
  ['min_turn_silence', 'max_turn_silence'],
] as const;

function turnRules(transcription: JsonObject, pointer: string): readonly Finding[] {
  const settings = objectOf(transcription.settings);
  return BOUNDS.flatMap(([low, high]) => {
    const least = settings[low];
    const most = settings[high];
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return [];
    const message = `${low} (${least}) must not be above ${high} (${most})`;
    return [problem('TRANSCRIPTION_ORDER', `${pointer}/settings/${low}`, message)];
  });
}

/** `ignore_changes` that names nothing the spec writes: a slip, or a left-over. */
export function ignoreRules({ kind, spec, lifecycle }: DesiredResource): readonly Finding[] {
  return lifecycle.ignoreChanges.flatMap((pointer, index) => {
    const path = fromPointer(pointer);
    if (writtenPath(SHAPES[kind], spec, path).length === path.length) return [];
    const message = `${pointer} names nothing that this spec writes`;
    const hint =
      'a field that a spec does not write is never changed; remove the line or correct the pointer';
    return [warning('IGNORE_NOTHING', `/lifecycle/ignore_changes/${index}`, message, hint)];
  });
}
