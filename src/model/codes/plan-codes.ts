/**
 * Every code that plan and apply can report about a resource, with what it means and what to do. They come as
 * diagnostics of a plan, as errors of a step and as failures of a command. `npm run docs` writes docs/codes.md from it.
 */
export const PLAN_CODES = {
  ACCOUNT_OTHER: {
    means: 'None of the ids that the state knows exists in the account.',
    todo: 'Check the key and `base_url`.',
  },
  BEHIND: {
    means: 'The commit at hand is older than the last applied one, or beside it.',
    todo: 'Check out the newest commit, or `apply --allow-behind`.',
  },
  BEHIND_UNKNOWN: {
    means: 'Whether the commit at hand contains the last applied one cannot be told.',
    todo: 'Fetch the whole history.',
  },
  BUCKET_MISSING: {
    means: 'A document searches a storage bucket that the account does not have.',
    todo: 'Create the bucket, or mend its name.',
  },
  CANARY_OPEN: {
    means: 'A canary that is not ours is open on the assistant; the change would end it.',
    todo: 'Finish or remove it first.',
  },
  CANARY_STAYS: {
    means: 'A canary was deleted, and the API still shows it.',
    todo: 'Remove it in the Telnyx portal.',
  },
  CHANGED_MEANWHILE: { means: 'Somebody changed the resource between plan and write.', todo: 'Plan again.' },
  CHECKOUT_INCOMPLETE: {
    means: 'Documents that Git has are not on disk, so nothing is deleted for want of them.',
    todo: 'Check out the whole project.',
  },
  CONFLICT: {
    means: 'A field was changed in Git and outside Git to different values.',
    todo: '`--take git` or `--take live`, or write the live value into the spec.',
  },
  COPY_KEPT: {
    means: 'A document would be created under an address of which a copy of a deleted resource is kept.',
    todo: 'Nothing, or bring that one back: `state restore ADDR`.',
  },
  CREATE_UNREADABLE: {
    means: 'A resource was created, and none of what the API named can be read.',
    todo: 'Look for the ids in the Telnyx portal.',
  },
  DELETES_NUMBERS: {
    means: 'An assistant to which phone numbers lead is deleted, or whether they do is not known.',
    todo: 'Give the numbers another assistant first.',
  },
  DELETION_UNCOMMITTED: {
    means: 'Documents were removed from disk, and no commit says so.',
    todo: 'Commit the deletion, or bring the files back.',
  },
  DESTROY_PREVENTED: {
    means: 'A resource has no document any more, and `prevent_destroy` keeps it.',
    todo: 'See the hint, or `state rm ADDR`.',
  },
  DRIFT: {
    means: 'The account was changed outside Git, and `drift: fail` forbids that.',
    todo: 'Write the value into the spec, undo it, or set `drift: revert`.',
  },
  FIELD_DROPPED: {
    means: 'The API dropped a key that was sent: it does not know it, and it is not in force.',
    todo: 'Take it out, or look up its name; it is sent again with the next change.',
  },
  GONE_MEANWHILE: { means: 'Somebody deleted the resource between plan and write.', todo: 'Plan again.' },
  HELD: {
    means: 'A rollback or an aborted rollout took the change back, and Git still says the same.',
    todo: 'Change it in Git, or `apply --release-hold ADDR`.',
  },
  HIDDEN_SECRET: {
    means:
      'A block holds a secret that the API hides and the spec does not write; writing the block would erase it.',
    todo: 'Write the secret into the spec, or change it in the portal.',
  },
  IGNORED_DIFFERENCE: {
    means: '`ignore_changes` hides a difference.',
    todo: 'Nothing, or take the pointer out.',
  },
  INTEGRATION_UNKNOWN: {
    means: 'A resource refers to an integration that the account does not have.',
    todo: 'Connect it in the Telnyx portal, or mend its name.',
  },
  INVENTORY_UNAVAILABLE: {
    means: 'What the specs name in the account could not be listed, so it was not checked.',
    todo: 'Nothing, or give the key the permission.',
  },
  LIMIT_ALL: {
    means: 'Everything that the environment has would be deleted.',
    todo: '`apply --override-limits`, where that is meant.',
  },
  LIMIT_CHANGES: {
    means: 'A larger share of the resources would change than `limits.max_change_percent` allows.',
    todo: 'Read the plan again, then `apply --override-limits`.',
  },
  LIMIT_DELETES: {
    means: 'More resources would be deleted than `limits.max_deletes` allows.',
    todo: 'Read the plan again, then `apply --override-limits`.',
  },
  MAIN_MOVED: { means: 'Somebody changed main after the version was staged.', todo: 'Plan again.' },
  MANAGED_ELSEWHERE: {
    means: 'Another environment of the project manages the resource.',
    todo: 'Check the key; to hand it over, `state rm ADDR` there.',
  },
  MOVED_FROM_AMBIGUOUS: {
    means: '`moved_from` names several keys, and more than one of them is bound.',
    todo: 'Follow the hint.',
  },
  MOVED_FROM_IDLE: {
    means: '`moved_from` cannot act, because both keys are bound.',
    todo: 'Follow the hint.',
  },
  NAME_AMBIGUOUS: {
    means: 'Several live resources have the name of the document.',
    todo: 'Say which one: `state import ADDR ID`.',
  },
  NOT_PROMOTED: { means: 'A version was promoted, and main does not hold it.', todo: 'Plan again.' },
  NOT_STUCK: {
    means: 'A value was written, and the API returns another one.',
    todo: 'Look at the next plan.',
  },
  NO_VERSION_ID: { means: 'The API did not say which version it staged.', todo: 'Apply again.' },
  OUTCOME_AMBIGUOUS: {
    means: 'The reply to a create was lost, and several resources have the name.',
    todo: 'Say which one: `state import ADDR ID`.',
  },
  OWN_FORM: {
    means: 'The API keeps a value in a form of its own, such as a number for a text.',
    todo: 'Nothing: it is taken for what was sent.',
  },
  PLAN_FORMAT: { means: 'A saved plan was written by another major version.', todo: 'Make a new plan.' },
  PLAN_INVALID: { means: 'The file is no saved plan.', todo: 'Write one: `plan --out FILE`.' },
  REF_UNAVAILABLE: {
    means: 'A resource refers to one that has no live id yet.',
    todo: 'Mend what failed before it, and apply again.',
  },
  RENAMED: {
    means: 'A new document has the name of a bound resource without one.',
    todo: 'Write `moved_from`, or `apply --not-renamed ADDR`.',
  },
  ROLLOUT_OPEN: {
    means: 'A rollout of the assistant is under way.',
    todo: 'Let it end, abort it, or `apply --replace`.',
  },
  SECRET_MISSING: {
    means: 'A document names an integration secret that the account does not have.',
    todo: 'Store the secret, or mend its name.',
  },
  SECRET_ROTATED: {
    means: 'An integration secret got another value after what uses it was applied.',
    todo: 'Try what uses it. `drift` ends with 2 until the next apply, which has nothing to send for it.',
  },
  SPECS_EMPTY: {
    means: 'The specs folder holds no document, and an empty folder never deletes anything.',
    todo: 'Check `specs` in the project file.',
  },
  STAGED_OTHERWISE: {
    means: 'The staged version differs from main beyond the plan; main was left.',
    todo: 'Look at the newest version in the portal.',
  },
  STILL_REFERENCED: {
    means: 'A resource was not deleted, because another one, or an older version of it, still names it.',
    todo: 'Take the reference out; of older versions with `versions prune ADDR`.',
  },
  STOCK_KEPT: {
    means: 'A stock object of the platform has no document any more; it is never deleted.',
    todo: 'Let go of it: `state rm ADDR`.',
  },
  STOCK_OBJECT: {
    means: 'A document has the name of an object that the platform put into the account.',
    todo: 'Choose another name, or `state import ADDR ID`.',
  },
  STORED_VALUE_REFUSED: {
    means: 'The API refuses a value that it stores itself and that the change does not touch.',
    todo: 'Write that field into the spec with a value that the API takes.',
  },
  TAKES_OVER: {
    means: 'An adoption would replace live values that were made elsewhere.',
    todo: '`apply --take-over ADDR`, or `pull --adopt` first.',
  },
  TAKE_OVER_NEEDED: { means: 'Such an adoption was refused, because nobody allowed it.', todo: 'The same.' },
  UNREVIEWED: {
    means: 'The plan has changes that nobody reviewed.',
    todo: 'Review this plan, or apply what was reviewed.',
  },
  VALUE_NOT_TAKEN: {
    means: 'A value was sent, the API accepted it, and keeps the former one: it is not in force.',
    todo: 'Write the value that the API keeps, or another one.',
  },
  VERSION_CHANGED: {
    means: 'A version was edited after it was planned to become main.',
    todo: 'Apply again.',
  },
  VERSION_GONE: { means: 'A version was staged and cannot be read.', todo: 'Apply again.' },
} as const;

/** A code of the table. */
export type PlanCode = keyof typeof PLAN_CODES;
