import { KIND_NAMES } from '../model/address.ts';

/** Documents that `schemas/` describes: the spec kinds, the project file and what the tool writes. */
export const SCHEMA_NAMES: readonly string[] = [...KIND_NAMES, 'project', 'plan', 'report'];
