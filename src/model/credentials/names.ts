/** Names of headers and fields whose values are credentials, by the words that they are made of. */

/** Last words of names of credentials, and those that count only behind another word, as in `api key`. */
const LAST =
  /^(?:password|passwd|pwd|passphrase|passcode|secret|token|credentials?|apikey|accesskey|secretkey|authkey|authtoken|accesstoken|jwt)$/;
const BEFORE_KEY =
  /^(?:api|access|secret|private|auth|authentication|authorization|encryption|signing|subscription|functions?|master|service|shared|license|licence|admin|webhook|storage|security|rest)$/;

/** Only of a header. */
const HEADER_LAST =
  /^(?:authorization|authentication|auth|cookie|cookies|signature|key|sas|session|sessionid)$/;
const HARMLESS_HEADER =
  /^(?:(?:x )?idempotency key|sec web ?socket (?:key|accept)|(?:x )?(?:cache|surrogate|partition|routing|sort|object|public|message|dedup(?:lication)?|correlation|trace|request|primary) key)$/;

const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['x honeycomb team']);

/** `Ocp-Apim-Subscription-Key` and `crmApiKey` as words; `X-Hub-Signature-256` without what qualifies it. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .trim()
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  while (
    words.length > 1 &&
    /^(?:\d+|sha\d*|v\d+|value|header|live|test|prod|production|staging|old|new)$/.test(words.at(-1) ?? '')
  ) {
    words.pop();
  }
  return words;
}

function isKeyOfSomething(words: readonly string[]): boolean {
  return words.at(-1) === 'key' && BEFORE_KEY.test(words.at(-2) ?? '');
}

/** A field of free JSON whose value is a credential. */
export function isCredentialField(name: string): boolean {
  if (/_(?:ref|id|name|url|type|env)$/i.test(name)) return false;
  const words = wordsOf(name);
  return LAST.test(words.at(-1) ?? '') || isKeyOfSomething(words);
}

/** A header whose value is a credential. */
export function isCredentialHeader(name: string): boolean {
  const words = wordsOf(name);
  const text = words.join(' ');
  if (HARMLESS_HEADER.test(text)) return false;
  const last = words.at(-1) ?? '';
  return LAST.test(last) || HEADER_LAST.test(last) || isKeyOfSomething(words) || CREDENTIAL_HEADERS.has(text);
}
