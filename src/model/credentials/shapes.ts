/**
 * Texts in the shape of a known key type, wherever they stand. A key type counts only with what its issuer puts into
 * every key: a prefix, a length, an alphabet.
 */
export interface CredentialMatch {
  /** What it is, in words. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

interface KeyType {
  readonly name: string;
  readonly pattern: RegExp;
  /** Rules out look-alikes; gets the match's groups. */
  readonly accept?: (match: RegExpExecArray) => boolean;
}

const hasDigit = (match: RegExpExecArray): boolean => /\d/.test(match[1] ?? match[0]);

/** The first group of each pattern is the secret itself. */
const KEY_TYPES: readonly KeyType[] = [
  { name: 'a bearer token', pattern: /\bBearer\s+([A-Za-z0-9._~+/=-]{16,})/gi, accept: hasDigit },
  {
    name: 'basic authentication',
    pattern: /\bBasic\s+([A-Za-z0-9+/]{8,}={0,2})/gi,
    accept: decodesToPassword,
  },
  {
    name: 'a secret key',
    pattern: /(?<![\w-])((?:sk|rk|gsk|xai|pplx|whsec)[-_][A-Za-z0-9_-]{16,})/g,
    accept: hasDigit,
  },
  { name: 'a Telnyx API key', pattern: /(?<!\w)(KEY(?:0|_TEST_|_LIVE_)[A-Za-z0-9_-]{8,})/g },
  { name: 'an AWS access key', pattern: /(?<!\w)((?:AKIA|ASIA)[0-9A-Z]{16})(?!\w)/g },
  { name: 'a GitHub token', pattern: /(?<!\w)((?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,})/g },
  { name: 'a GitLab token', pattern: /(?<!\w)(gl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,})/g },
  { name: 'a Slack token', pattern: /(?<!\w)(xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,})/g },
  { name: 'a Google API key', pattern: /(?<!\w)(AIza[0-9A-Za-z_-]{35})/g },
  { name: 'a Google token', pattern: /(?<!\w)(GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,})/g },
  {
    name: 'a JSON Web Token',
    pattern: /(?<!\w)(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)/g,
  },
  { name: 'an npm token', pattern: /(?<!\w)(npm_[A-Za-z0-9]{30,})/g },
  { name: 'an npm token', pattern: /_(?:authToken|password)\s*=\s*["']?([A-Za-z0-9+/=_.-]{8,})/g },
  { name: 'a PyPI token', pattern: /(?<!\w)(pypi-[A-Za-z0-9_-]{30,})/g },
  { name: 'a SendGrid key', pattern: /(?<!\w)(SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})/g },
  { name: 'a Twilio key', pattern: /(?<!\w)(SK[0-9a-f]{32})(?!\w)/g },
  { name: 'a Mailgun key', pattern: /(?<![\w-])(key-[0-9a-f]{32})(?!\w)/g },
  { name: 'a Mailchimp key', pattern: /(?<!\w)([0-9a-f]{32}-us\d{1,2})(?!\w)/g },
  { name: 'a DigitalOcean token', pattern: /(?<!\w)(do[opr]_v1_[0-9a-f]{40,})/g },
  { name: 'a Hugging Face token', pattern: /(?<!\w)(hf_[A-Za-z0-9]{30,})/g },
  { name: 'a Databricks token', pattern: /(?<!\w)(dapi[0-9a-f]{32})/g },
  { name: 'a Shopify token', pattern: /(?<!\w)(shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32})/g },
  { name: 'a Square token', pattern: /(?<!\w)(sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,})/g },
  { name: 'an Airtable token', pattern: /(?<!\w)(pat[A-Za-z0-9]{14}\.[0-9a-f]{32,})/g },
  { name: 'a Notion token', pattern: /(?<!\w)((?:secret|ntn)_[A-Za-z0-9]{40,})/g },
  { name: 'a Linear key', pattern: /(?<!\w)(lin_(?:api|oauth)_[A-Za-z0-9]{30,})/g },
  { name: 'a Figma token', pattern: /(?<!\w)(figd_[A-Za-z0-9_-]{30,})/g },
  { name: 'an Atlassian token', pattern: /(?<!\w)(AT(?:ATT|CTT)3x[A-Za-z0-9_=-]{30,})/g },
  { name: 'a Vault token', pattern: /(?<!\w)(hv[sb]\.[A-Za-z0-9_-]{24,})/g },
  { name: 'a Doppler token', pattern: /(?<!\w)(dp\.(?:pt|st|sa|ct)\.[A-Za-z0-9.]{30,})/g },
  { name: 'a Grafana token', pattern: /(?<!\w)(gl(?:sa|c)_[A-Za-z0-9_=+/-]{30,})/g },
  { name: 'a New Relic key', pattern: /(?<!\w)(NR(?:AK|RA|II)-[A-Za-z0-9]{20,})/g },
  { name: 'a Sentry token', pattern: /(?<!\w)(sntry[su]_[A-Za-z0-9+/=_-]{30,})/g },
  { name: 'a Replicate token', pattern: /(?<!\w)(r8_[A-Za-z0-9]{30,})/g },
  { name: 'a Supabase key', pattern: /(?<!\w)(sb(?:p|_secret)_[A-Za-z0-9_]{20,})/g },
  { name: 'a PlanetScale password', pattern: /(?<!\w)(pscale_(?:pw|tkn|oauth)_[A-Za-z0-9_-]{30,})/g },
  { name: 'a Postman key', pattern: /(?<!\w)(PMAK-[0-9a-f]{24}-[0-9a-f]{34})/g },
  { name: 'a Discord bot token', pattern: /(?<![\w-])([MNO][A-Za-z\d]{23,26}\.[\w-]{6}\.[\w-]{27,})/g },
  { name: 'a Telegram bot token', pattern: /(?<!\d)(\d{8,10}:AA[\w-]{32,})/g },
  {
    name: 'a storage key',
    pattern: /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=([A-Za-z0-9+/=%&_-]{20,})/g,
  },
  { name: 'a password of a connection', pattern: /;\s*(?:Password|Pwd)=([^;\s{}$]{4,})/gi },
  { name: 'a private key', pattern: /(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)/g },
  { name: 'a secret key', pattern: /(?<!\w)(AGE-SECRET-KEY-1[0-9A-Z]{50,})/g },
  {
    name: 'a credential',
    pattern:
      /\b(?:api[-_ ]?key|access[-_ ]?key|secret(?:[-_ ]?access)?[-_ ]?key|client[-_ ]?secret|auth[-_ ]?token|access[-_ ]?token|password|passwd|secret|token)["']?\s*[:=]\s*["']?([^\s"'{}$<>,;&]{10,200})/gi,
    accept: (match) => isRandom(match[1] ?? ''),
  },
];

/** One test that nearly every text fails, so that the table above is rarely walked. */
const ANY_KEY =
  /bearer\s|basic\s|[sr]k[-_]|xai[-_]|pplx[-_]|whsec_|KEY(?:0|_)|A[KS]IA|gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|cbt|soat|sa|c)[-_]|x(?:ox[a-z]|app)-|AIza|GOCSPX|ya29|eyJ|npm_|_authToken|_password|pypi-|SG\.|SK[0-9a-f]{8}|key-|-us\d|do[opr]_v1|hf_|dapi|shp[a-z]{2}_|sq0|pat[A-Za-z0-9]{14}\.|secret_|ntn_|lin_|figd_|AT(?:ATT|CTT)3x|hv[sb]\.|dp\.|NR(?:AK|RA|II)-|sntry|r8_|sbp?_|pscale|PMAK|[MNO][\w]{23,26}\.|:AA|(?:Key|Signature|Password|Pwd)=|PRIVATE KEY|AGE-SECRET|(?:key|token|secret|passw(?:or)?d)["']?\s*[:=]/i;

/** No pattern above fits less: `;Pwd=` and a password of four characters is the shortest. */
const SHORTEST = 9;

/** The first text in the shape of a known key. */
export function shapeIn(text: string): CredentialMatch | undefined {
  if (text.length < SHORTEST || !ANY_KEY.test(text)) return undefined;
  for (const { name, pattern, accept } of KEY_TYPES) {
    for (const match of text.matchAll(pattern)) {
      if (accept?.(match) === false) continue;
      const secret = match[1] ?? match[0];
      return { name, offset: match.index + match[0].lastIndexOf(secret), length: secret.length };
    }
  }
  return undefined;
}

/**
 * Whether a word is random: letters and digits mixed over a stretch without separators, as no word, number, date,
 * version or name of a thing is.
 */
export function isRandom(word: string): boolean {
  const runs = word.match(/[A-Za-z0-9+/=]{10,}/g) ?? [];
  return runs.some((run) => {
    const digits = run.match(/\d+/g) ?? [];
    const letters = run.match(/[A-Za-z]+/g) ?? [];
    if (letters.length === 0 || digits.length === 0) return false;
    // `northwind2026` and `release20261122`: one word and one number.
    const single = letters.length === 1 && digits.length === 1 && /^[a-z]+\d{1,8}$/i.test(run);
    return !single || /[a-z][A-Z]|[A-Z]{6,}\d/.test(run) || run.length >= 20;
  });
}

/** Mixed case and digits over a length that no name has, by Shannon's measure near that of chance. */
export function isHighEntropy(word: string): boolean {
  if (word.length < 24 || !/^[A-Za-z0-9+/=_-]+$/.test(word)) return false;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((set) => set.test(word)).length;
  return classes === 3 && bitsOf(word) >= 3.8;
}

function bitsOf(word: string): number {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / word.length;
    return sum - share * Math.log2(share);
  }, 0);
}

function decodesToPassword(match: RegExpExecArray): boolean {
  const decoded = Buffer.from(match[1] ?? '', 'base64').toString('latin1');
  return /^[\x21-\x7e]+:[\x20-\x7e]+$/.test(decoded);
}
