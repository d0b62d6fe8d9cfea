/** Why a value that no decoder speaks of is left out, by the name of its field. */
import type { Path } from '../model/json.ts';
import type { RemarkCode } from './remarks.ts';
import { squashed } from './source/cursor.ts';

/** Ids, dates, owners and drawing: nothing is lost with them. */
const FRAME =
  /^(id|uuid|orgid|.*workspaceid|version|.*versionid|versiontitle|versiondescription|baseversion|createdat.*|updatedat.*|created.*unixsecs|updated.*unixsecs|lastmodification.*|ispublished|islatest.*|position|displayposition|begintagdisplayposition|measured|width|height|selected|dragging|zindex|positionabsolute|x|y|type|component|tooltype|componenttype|agentid|llmid|conversationflowid|toolid|pathwayid|assistantid|comment|notes?|\$schema|accessinfo|responseengine|channel|phonenumbers|canonicalname|tags?|hash|isarchived|branchid|mainbranchid|object|style|markerend|animated|deletable|sourcehandle|targethandle|edgeorder|isserverurlsecretset|modecreated.*|credentialids?)$/;

/** The first that fits a part of the path, from the inside out. */
const RULES: readonly (readonly [RegExp, RemarkCode])[] = [
  [
    /^(examples?|.*finetune.*examples|pathwayexamples|conditionexamples|dialogueexamples|successexamples|failureexamples)$/,
    'examples',
  ],
  [
    /^(.*temperature|max(output)?tokens.*|topp|topk|.*seed|frequencypenalty|presencepenalty|thinking(budget)?|reasoningeffort|numfastturns|emotionrecognitionenabled|.*highpriority|toolcallstrictmode|parallelizetoolcalls|flexmode|cascadetimeout.*|modeltype|s2smodel|ragconfig|rag)$/,
    'sampling',
  ],
  [/^(.*fallback.*|backupllm.*)$/, 'fallback'],
  [/^(.*knowledgebase.*|kb|kbconfig|.*retrieval.*|vectordb.*)$/, 'knowledge'],
  [
    /^(pronunciation.*|voiceemotion|volume|normalizeforspeech|.*speechnormalization|textnormali[sz]ation.*|optimizestreaminglatency|agentoutputaudioformat|inputformatplan|chunkplan|inputpunctuation.*|fillerinjectionenabled|enablessml.*|emotion|expressive.*|enableexpressive.*|enabledynamicvoice.*|suggestedaudiotags|supportedvoices|generationconfig|cachingenabled|inputminc.*)$/,
    'voice-style',
  ],
  [
    /^(turn.*|vad|.*eagerness|speculative.*|spellingpatience|softtimeout.*|smartendpointing.*|customendpointing.*|stopspeakingplan|.*backoffseconds|voiceseconds|interruption.*|blockinterruptions|responsiveness|enabledynamicresponsiveness|endpointing|acknowledgementphrases|interruptionphrases|retranscribe.*|initialwaittime|disableinterruptions)$/,
    'turn-taking',
  ],
  [
    /^(.*backchannel.*|remindermaxcount|remindertrigger.*|ambientsound.*|enabletypingsound|toolcallsound.*|backgroundsound|backgroundtrack|filler.*|idlemessages?.*|messageplan|noisecancel.*)$/,
    'speech-habits',
  ],
  [
    /^(asr|transcriber|stt.*|customsttconfig|vocab.*|keywords?|keyterms?.*|userinputaudioformat|quality)$/,
    'transcriber',
  ],
  [/^(voicemail.*|ivroption|callscreeningoption)$/, 'voicemail'],
  [
    /^(ringduration.*|beginmessagedelay.*|beginafterusersilence.*|timezone|optinsignedurl|signedurl.*|transportconfigurations|phonenumberid|phonenumber|forwarding.*|maxcallduration|callmode|firstmessageinterruptions.*)$/,
    'call-setting',
  ],
  [/^(userdtmf.*|allowdtmf.*|allowuserdtmf|keypadinputplan)$/, 'keypad'],
  [/^(pii.*|datastorage.*|privacy|compliance.*|retention.*|hipaa.*|storage.*)$/, 'privacy'],
  [/^(widget.*|avatar.*)$/, 'widget'],
  [/^(guardrail.*|safety.*|ivc)$/, 'guardrails'],
  [
    /^(auth|calllimits|overrides|enableconversationinitiation.*|ban|sharing|workspaceoverrides|limits?|rate.*|observabilityplan|monitor.*|metadata|credentials?|.*usersettings|archived|testing|attachedtests)$/,
    'environment-only',
  ],
  [
    /^(webhook.*|server|serverurl.*|servermessages|clientmessages|clientevents|monitoringevents|events)$/,
    'events-webhook',
  ],
  [/^hooks$/, 'hooks'],
  [/^cooldown$/, 'step-setting'],
  [/^(languagepresets|supportedlanguages|detection.*)$/, 'not-imported'],
  [
    /^(transfer.*|onholdmusic|showtransferee.*|warmtransfer.*|agentdetection.*|enablebridge.*|ignoree164.*|customsip.*)$/,
    'transfer-mode',
  ],
  [/^(tool.*mocks?|mocks?)$/, 'tool-mock'],
  [/^(code|snippet.*)$/, 'code'],
  [
    /^(analysis.*|postcallanalysis.*|artifactplan|structuredoutput.*|evaluation.*|datacollection.*|summary.*)$/,
    'analysis',
  ],
  [
    /^(speakduring.*|speakafter.*|execution.*|waitforresult|forcepretool.*|pretool.*|messages|speech)$/,
    'tool-message',
  ],
  [
    /^(tools?|generaltools|builtintools|systemtools|parametertype|apischema|contenttype|headers|queryparams)$/,
    'tool-detail',
  ],
];

/** Undefined where nothing is missed. */
export function omission(path: Path): RemarkCode | undefined {
  const names = path.filter((part) => !/^\d+$/.test(part)).map(squashed);
  const last = names.at(-1) ?? '';
  if (FRAME.test(last) || names.some((name) => name === 'displayposition' || name === 'position'))
    return undefined;
  for (const name of names.toReversed()) {
    const rule = RULES.find(([pattern]) => pattern.test(name));
    if (rule !== undefined) return rule[1];
  }
  return 'not-imported';
}
