/** Credentials that an address carries: before the host, in its query, or as the address of a chat's webhook. */
import { type CredentialMatch, isRandom } from './shapes.ts';

const USER_INFO =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/:@{}]{0,100}:([^\s/@{}]{1,200})|([A-Za-z0-9_-]{16,200}))@[\w.[]/gi;

const PARAMETER = /[?&;#]([A-Za-z][\w.-]{0,40})=([^\s&#"'<>{}$]{4,500})/g;

/** Parameters that hold passwords, those that hold keys, and those that may hold either or something harmless. */
const PASSWORDS = /^(?:.*[-_.])?(?:password|passwd|pwd|pass|secret|client[-_]?secret)$/i;
const KEYS =
  /^(?:.*[-_.])?(?:api[-_]?key|apikey|access[-_]?key|auth[-_]?key|private[-_]?key|subscription[-_]?key|functions[-_]?key|token|access[-_]?token|auth[-_]?token|refresh[-_]?token|id[-_]?token|jwt|bearer)$/i;
const MAYBE =
  /^(?:key|code|sig|signature|sign|sas|auth|session|sessionid|hmac|hash|appid|app[-_]?key|x-(?:amz|goog)-(?:signature|security-token|credential)|credential|k|t)$/i;

/** Addresses that are secrets as a whole: who knows one can write into the chat. */
const CHATS: readonly RegExp[] = [
  /\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/([\w/-]{10,})/gi,
  /\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d{5,}\/[\w-]{10,})/gi,
  /\b(?:outlook\.office(?:365)?\.com|[\w-]+\.webhook\.office\.com)\/webhook(?:b2)?\/([\w@/.-]{20,})/gi,
  /\bapi\.telegram\.org\/(bot\d{5,}:[\w-]{20,})/gi,
  /\bopen\.(?:feishu\.cn|larksuite\.com)\/open-apis\/bot\/v\d\/hook\/([\w-]{10,})/gi,
  /\bwebexapis\.com\/v1\/webhooks\/incoming\/([\w-]{20,})/gi,
];

const ANY = /:\/\/[^\s/]*@|[?&;#][\w.-]+=|hooks\.slack|webhook|api\.telegram|open-apis|sp=/i;

/** No pattern above fits less: `ab://:c@d` is the shortest. */
const SHORTEST = 9;

/** The first credential in an address within a text. */
export function urlCredentialIn(text: string): CredentialMatch | undefined {
  if (text.length < SHORTEST || !ANY.test(text)) return undefined;
  for (const match of text.matchAll(USER_INFO)) {
    const [whole, password, token] = match;
    if (password !== undefined)
      return found('a password in a URL', match, password, whole.length - password.length - 2);
    if (token !== undefined && /\d/.test(token)) return found('a token in a URL', match, token);
  }
  for (const pattern of CHATS) {
    for (const match of text.matchAll(pattern))
      return found('the address of a chat webhook', match, match[1] ?? '');
  }
  for (const match of text.matchAll(PARAMETER)) {
    const [whole, name = '', value = ''] = match;
    if (isSecretParameter(name, value)) {
      return {
        name: 'a key in a URL',
        offset: match.index + whole.length - value.length,
        length: value.length,
      };
    }
  }
  return undefined;
}

function found(
  name: string,
  match: RegExpExecArray,
  secret: string,
  at = match[0].lastIndexOf(secret),
): CredentialMatch {
  return { name, offset: match.index + at, length: secret.length };
}

function isSecretParameter(name: string, written: string): boolean {
  const value = decoded(written);
  if (PASSWORDS.test(name)) return value.length >= 6 && !/^(?:true|false|null|none|required)$/i.test(value);
  if (KEYS.test(name)) return (value.length >= 8 && /\d/.test(value)) || value.length >= 20;
  return MAYBE.test(name) && value.length >= 12 && isRandom(value);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
