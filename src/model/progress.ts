/** How far a long piece of work is. `total` 0 means that it is not known yet. */
export interface ProgressState {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly note?: string;
}
