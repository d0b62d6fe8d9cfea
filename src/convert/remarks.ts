/**
 * What there is to say about values that another platform has and Telnyx has not, or has otherwise. A remark is
 * told once, with every place that it is about.
 */
export interface Remark {
  /** What happened, as a sentence. */
  readonly what: string;
  /** What to do about it. */
  readonly todo: string;
}

export const REMARKS = {
  // Texts
  'variable-near': {
    what: 'Telnyx has no variable with just this content; the closest one was put in its place.',
    todo: 'Read the text around it. telnyx_current_time is UTC; telnyx_current_time_<zone> is a local time.',
  },
  template: {
    what: 'The text has template logic ({% … %} or filters). Telnyx fills in variables and does nothing else.',
    todo: 'Write the text without logic, or compute the value in dynamic_variables_webhook_url.',
  },
  'secret-in-text': {
    what: 'The text had a credential in it. It was replaced by the name of an integration secret.',
    todo: 'Store the secret under that name in the Telnyx portal. Consider a new one: the old one was in a file.',
  },
  'secret-header': {
    what: 'A header carries a credential. It now comes from an integration secret.',
    todo: 'Store the secret under the name shown in the header, in the Telnyx portal.',
  },
  'secret-elsewhere': {
    what: 'The credential is stored at the other platform and only named in the file.',
    todo: 'Store it in the Telnyx portal as an integration secret of the name that the document uses.',
  },
  'wrong-type': {
    what: 'The value is not of the type that this field has.',
    todo: 'Correct it in the file and import again, or write the field by hand.',
  },
  'text-cut': {
    what: 'The text is longer than Telnyx takes; its end is missing.',
    todo: 'Shorten the text.',
  },
  'name-twice': {
    what: 'Two things of this name were imported. The later one got a name of its own.',
    todo: 'Choose better names, or remove the one that is not needed.',
  },
  // Model
  model: {
    what: 'The model was named in the way of Telnyx. Whether your account may use it is not known offline.',
    todo: 'Compare with the list of models in the portal. A model of another vendor needs llm_api_key_ref.',
  },
  'model-unknown': {
    what: 'The model has no counterpart on Telnyx. The default model of the account answers.',
    todo: 'Choose a model and write it as `model`.',
  },
  sampling: {
    what: 'Temperature, token limits and other settings of the model cannot be set on a Telnyx assistant.',
    todo: 'Nothing, unless answers become too long or too free: then say so in the instructions.',
  },
  'custom-model': {
    what: 'The agent talks to a model server of yours in a protocol that Telnyx does not speak.',
    todo: 'Offer an OpenAI-compatible endpoint and write it as external_llm.',
  },
  fallback: {
    what: 'Fallback models, voices and transcribers are not carried over.',
    todo: 'Write fallback_config if the assistant needs a second model.',
  },
  // Voice and hearing
  'voice-unknown': {
    what: 'The voice is not offered by Telnyx under a name that can be derived from the file.',
    todo: 'Choose a voice in the portal and write its full id as voice_settings.voice.',
  },
  'voice-key': {
    what: 'The same ElevenLabs voice is used, with a key of your own.',
    todo: 'Store your ElevenLabs key as the integration secret elevenlabs_api_key.',
  },
  'voice-style': {
    what: 'Pronunciation, emotion, volume, formatting and streaming settings of the voice have no counterpart.',
    todo: 'Listen to the assistant. Spell difficult words in the instructions as they are spoken.',
  },
  language: {
    what: 'The language was written as Telnyx names it; the transcription model was chosen to know it.',
    todo: 'Listen to a call in every language of the agent.',
  },
  transcriber: {
    what: 'The transcription model was replaced by the closest one of Telnyx.',
    todo: 'Compare transcription.model with what the portal offers.',
  },
  'turn-taking': {
    what: 'Fine tuning of turns and interruptions is not the same on Telnyx.',
    todo: 'Try a call. interruption_settings and transcription.settings are what can be tuned.',
  },
  'speech-habits': {
    what: 'Backchannel words, fillers, typing sounds, reminders and ambient sound have no counterpart.',
    todo: 'Nothing, or write the habit into the instructions.',
  },
  noise: {
    what: 'Noise suppression was set to the closest engine.',
    todo: 'Listen to a call from a noisy place.',
  },
  // Calls
  voicemail: {
    what: 'What happens on voicemail was carried over; how it is detected is up to Telnyx.',
    todo: 'Try an outgoing call to a mailbox.',
  },
  'call-setting': {
    what: 'The setting belongs to a call or a number, not to the assistant.',
    todo: 'Set it where the call is made or on the number.',
  },
  keypad: {
    what: 'Limits for keys that callers press have no counterpart.',
    todo: 'Ask for fewer digits at a time.',
  },
  'time-limit': { what: 'The time was brought within the limits of Telnyx.', todo: 'Check the value.' },
  'transfer-mode': {
    what: 'Ringing time, hold music, caller id and detection of a transfer are up to Telnyx.',
    todo: 'Try the transfer. warm_transfer_instructions brief the person who answers.',
  },
  'transfer-inferred': {
    what: 'The destination was found by the model during the call. Telnyx needs a list of destinations.',
    todo: 'Write the destinations into the transfer tool, or fill {{transfer_number}}.',
  },
  hooks: {
    what: 'Hooks that speak or act on events of a call have no counterpart.',
    todo: 'Nothing, or write the behaviour into the instructions.',
  },
  'events-webhook': {
    what: 'The service that is told about calls was not carried over: Telnyx tells its own events to its own webhooks.',
    todo: 'Set the webhook of the TeXML application, or insight_group.webhook for results.',
  },
  'results-webhook': {
    what: 'Results of conversations are sent to the webhook of the insight group, in the form of Telnyx.',
    todo: 'Adapt the service to the new body.',
  },
  privacy: {
    what: 'Storage and redaction of data were set to the closest choice.',
    todo: 'Check privacy_settings.',
  },
  widget: { what: 'The look of the web widget is different on Telnyx.', todo: 'Set widget_settings.' },
  // Tools
  'tool-unknown': {
    what: 'A tool of this type does not exist on Telnyx.',
    todo: 'Offer it as a webhook of your own, or connect an integration or an MCP server in the portal.',
  },
  'tool-body': {
    what: 'The service gets another body: Telnyx sends the arguments as they are, without an envelope.',
    todo: 'Adapt the service to read the arguments at the top of the body.',
  },
  'tool-timeout': {
    what: 'The time limit of the tool was cut to 30 seconds, the most that is known to work.',
    todo: 'Let the service answer within it, or set async.',
  },
  'tool-message': {
    what: 'What is said during or after a tool call cannot be written by the model, or not at that moment.',
    todo: 'Write a fixed text as a message of the webhook, or a sentence in the instructions.',
  },
  'tool-detail': {
    what: 'This detail of a tool has no counterpart.',
    todo: 'Nothing, unless the service depends on it.',
  },
  'tool-renamed': {
    what: 'Two different tools of one assistant had the same name. The later one was renamed.',
    todo: 'Check that the instructions name the right one.',
  },
  'tool-merged': {
    what: 'Telnyx takes one tool of this type for an assistant. The settings were put together into one.',
    todo: 'Check the description and the targets of the tool.',
  },
  'tool-missing': {
    what: 'The tool is named here and defined in no file that was imported.',
    todo: 'Import the file with the tool too, or write the tool by hand.',
  },
  'tool-no-server': {
    what: 'The tool names no service. It was written as a client-side tool, which the application has to run.',
    todo: 'Make it a webhook if a server answers it.',
  },
  'client-tool': {
    what: 'The tool runs in the application of the caller, which has to be moved to the Telnyx client.',
    todo: 'Register the tool with the same name in the Telnyx web client.',
  },
  code: {
    what: 'Code that ran on the other platform cannot run on Telnyx. The step is passed through.',
    todo: 'Offer it as a webhook that answers with the variables.',
  },
  mcp: {
    what: 'The MCP server was written as a document. Headers other than a key are not sent.',
    todo: 'Store its key as an integration secret and write api_key_ref.',
  },
  knowledge: {
    what: 'Knowledge bases are not in the file.',
    todo: 'Upload the documents to a Telnyx storage bucket and add a retrieval tool.',
  },
  'knowledge-text': {
    what: 'The knowledge was written into the instructions of the step.',
    todo: 'Nothing, unless the text is long: then use a retrieval tool.',
  },
  // Flows
  'branch-folded': {
    what: 'Telnyx has no step that only decides. Its conditions were put onto the edges that lead to it.',
    todo: 'Read the conditions of these edges once.',
  },
  'global-step': {
    what: 'A step that can be reached from everywhere became an edge from every step that talks.',
    todo: 'Nothing; remove edges that make no sense.',
  },
  'go-back': {
    what: 'Going back to the step that was left is not possible on Telnyx. When to go back is said in the instructions.',
    todo: 'Add an edge from the global step to where the conversation shall go on.',
  },
  'fixed-text': {
    what: 'The text is to be said word for word and waits for an answer. It became an instruction to do so.',
    todo: 'Nothing.',
  },
  'edge-default': {
    what: 'A step that speaks or runs a tool needs one edge that is taken otherwise; the last one was chosen.',
    todo: 'Check where the conversation goes when no condition holds.',
  },
  'edge-words': {
    what: 'The edge was taken without a condition. After a step that talks, a condition in words stands for that.',
    todo: 'Nothing.',
  },
  'edge-open': {
    what: 'The edge leads nowhere, also at the other platform. It was left out.',
    todo: 'Add it where it was meant to lead somewhere.',
  },
  'edge-self': {
    what: 'An edge from a step to itself is not allowed; a step goes on by itself until another edge is taken.',
    todo: 'Nothing.',
  },
  'edge-circle': {
    what: 'Steps that only decide lead to each other in a circle.',
    todo: 'Break the circle.',
  },
  'edge-many': {
    what: 'Putting all conditions onto edges would have made more edges than a flow can have.',
    todo: 'Split the flow into several assistants.',
  },
  'step-end': { what: 'The step talks and then ends the call, with the hang-up tool.', todo: 'Nothing.' },
  'step-extract': {
    what: 'Variables are set by a tool that the model calls during the step.',
    todo: 'Try the step: a later condition depends on these variables.',
  },
  'step-unknown': {
    what: 'A step of this type does not exist on Telnyx.',
    todo: 'Replace it by hand; its place in the flow is kept.',
  },
  'step-missing': { what: 'The flow has no such step.', todo: 'Correct the file and import again.' },
  'step-message': {
    what: 'What is said before the step runs is written by the model on the other platform.',
    todo: 'Add a speak node with a fixed sentence if silence disturbs.',
  },
  'step-setting': {
    what: 'The setting holds for one step only. On Telnyx it holds for the assistant.',
    todo: 'Nothing, unless the step needs it.',
  },
  examples: {
    what: 'Examples for the model are not part of a Telnyx flow.',
    todo: 'Write the important ones into the instructions of the step.',
  },
  'examples-text': {
    what: 'Examples for the model were written into the instructions of the step, or into the condition.',
    todo: 'Nothing; remove those that are not needed.',
  },
  component: {
    what: 'The steps of a component were copied into the flow.',
    todo: 'Nothing; a component that is used twice is there twice.',
  },
  // Several agents
  handoff: {
    what: 'The handoff was carried over. When to hand over is said in the instructions, what is passed along is up to Telnyx.',
    todo: 'Try the handoff.',
  },
  'agent-missing': {
    what: 'The other agent is in no file that was imported.',
    todo: 'Import its file together with this one.',
  },
  squad: {
    what: 'Telnyx has no squads. The members hand over to each other.',
    todo: 'Assign the phone number to the first member.',
  },
  override: {
    what: 'Overrides of a member for one squad are not carried over: the assistant is the same everywhere.',
    todo: 'Write the difference into the assistant, or extend it as one of its own.',
  },
  // Analysis and tests
  analysis: {
    what: 'The analysis became an insight; its question was written in the way of Telnyx.',
    todo: 'Read the instructions of the insight.',
  },
  handbook: {
    what: 'A ready-made habit of the other platform became a sentence in the instructions.',
    todo: 'Read the last section of the instructions.',
  },
  simulation: {
    what: 'The simulated call became a test; its caller writes instead of speaking.',
    todo: 'Read the test, and run it with `assistantctl test run`.',
  },
  'test-target': {
    what: 'The file does not say which assistant the test is for. The first one was chosen.',
    todo: 'Correct the destination of the test.',
  },
  'tool-mock': {
    what: 'Answers of tools cannot be faked in a Telnyx test: the real service is called. The description of the test lists them.',
    todo: 'Let the tools of a staging environment answer with test data.',
  },
  'test-variables': {
    what: 'Variables of a test are not known to the API.',
    todo: 'Give the assistant of the test environment these dynamic_variables.',
  },
  'closing-words': {
    what: 'Closing words and phrases were written into the description of the hang-up tool.',
    todo: 'Nothing.',
  },
  // Everything else
  guardrails: {
    what: 'Guardrails of the other platform have no counterpart.',
    todo: 'Write the limits into the instructions.',
  },
  'environment-only': {
    what: 'Access, limits, workspace and billing settings are not part of an assistant.',
    todo: 'Set them in the account.',
  },
  'not-imported': {
    what: 'Telnyx has no counterpart for this value.',
    todo: 'Nothing, unless your callers would miss it.',
  },
} as const satisfies { readonly [code: string]: Remark };

export type RemarkCode = keyof typeof REMARKS;
