/**
 * The templates of all mail: one row each, with the variables it may have and no others.
 *
 * There is no logic in them: `{{name}}` is replaced by a value, once, and what a value
 * says is text wherever it stands. A text that needs an *if* is two templates.
 *
 * @module
 */

export interface MailVariable {
  readonly says: string
  /** For the preview, and for tests. */
  readonly example: string
  /** An https:// address, which the HTML makes a link of. */
  readonly isLink?: true
}

export interface MailTemplate {
  /** When it is sent. A sentence. */
  readonly says: string
  readonly variables: Readonly<Record<string, MailVariable>>
  readonly subject: string
  readonly paragraphs: readonly string[]
}

const group: MailVariable = { says: 'The organization group.', example: 'Acme / EMEA' }
const fix: MailVariable = { says: 'What to do.', example: 'Give it a later end, or remove it.' }

/** Of what ends: these variables, and the same two paragraphs. */
function ending(
  says: string,
  examples: Readonly<Record<'what' | 'about' | 'when' | 'date', string>>,
  { whose, joint }: { readonly whose: string; readonly joint: '' | ' of' },
) {
  const { what, about, when, date } = examples
  const line = `the {{what}}${joint} {{about}} {{when}}`
  return {
    says,
    variables: {
      what: { says: 'Of what kind it is.', example: what },
      about: { says: whose, example: about },
      when: { says: 'How soon.', example: when },
      date: { says: 'The day.', example: date },
      fix,
    },
    subject: `Sallygate: ${line}`,
    paragraphs: [`T${line.slice(1)} ({{date}}).`, '{{fix}}'],
  }
}

export const mailTemplates = {
  'mail-test': {
    says: 'Sent by an administrator who tries whether mail works.',
    variables: {
      group,
      by: { says: 'Who asked for it.', example: 'admin' },
      at: { says: 'When.', example: '2026-11-22 10:00 UTC' },
    },
    subject: 'Sallygate: test message for {{group}}',
    paragraphs: [
      'This is a test. {{by}} asked for it at {{at}}, to see whether mail of the organization group {{group}} arrives.',
      'It did. There is nothing to do.',
    ],
  },
  'expiry-warning': ending(
    'An account or an API key ends soon, or has ended.',
    { what: 'nac account', about: 'ise-berlin', when: 'expires within 7 days', date: '2026-11-29' },
    { whose: 'Whose it is.', joint: '' },
  ),
  'certificate-expiry': ending(
    'A certificate ends soon, or has ended.',
    { what: 'nac certificate', about: 'nac.example.com', when: 'expires within 14 days', date: '2026-12-06' },
    { whose: 'Of whom.', joint: ' of' },
  ),
  'directory-safeguard': {
    says: 'A directory synchronization was held, because it would have changed more than is allowed.',
    variables: {
      group,
      reason: { says: 'Which limit.', example: 'It would remove 812 of 1,000 users; allowed are 50.' },
      added: { says: 'How many would be added.', example: '0' },
      changed: { says: 'How many would be changed.', example: '3' },
      removed: { says: 'How many would be removed or disabled.', example: '812' },
      fix: { says: 'What to do.', example: 'Look at the run in the console. Release it once if this is meant.' },
    },
    subject: 'Sallygate: directory synchronization of {{group}} was held',
    paragraphs: [
      'A synchronization of the directory of {{group}} was held before anything was changed. {{reason}}',
      'It would add {{added}}, change {{changed}} and remove or disable {{removed}} users and groups. Until somebody decides, everything stays as it was.',
      '{{fix}}',
    ],
  },
  'directory-sync-failed': {
    says: 'Directory synchronizations of a group keep failing.',
    variables: {
      group,
      reason: { says: 'What happened.', example: 'No directory server answered.' },
      since: { says: 'When it last worked.', example: '2026-11-22 04:00 UTC' },
      fix,
    },
    subject: 'Sallygate: the directory of {{group}} is not synchronized',
    paragraphs: [
      'The directory of {{group}} could not be synchronized. {{reason}} The last synchronization that worked ended {{since}}; what was known then stays.',
      '{{fix}}',
    ],
  },
  'device-enrollment': {
    says: 'Somebody is invited to enroll a device.',
    variables: {
      group,
      code: { says: 'The enrollment code.', example: 'ABCD-EFGH-JKLM-NPQR' },
      link: { says: 'Where to enroll.', example: 'https://console.example.com/enroll', isLink: true },
      until: { says: 'Until when it counts.', example: '2026-11-29 10:00 UTC' },
      uses: { says: 'For how many devices it counts.', example: 'one device' },
    },
    subject: 'Enroll your device with {{group}}',
    paragraphs: [
      'You are invited to enroll a device with {{group}}.',
      'Your code: {{code}}',
      'Use it at {{link}} until {{until}}, for {{uses}}. Whoever has the code can enroll a device in your place, so do not pass it on.',
    ],
  },
} as const satisfies Readonly<Record<string, MailTemplate>>

export type MailTemplateName = keyof typeof mailTemplates

/** Exactly the variables of a template, so that one that is forgotten does not compile. */
export type MailVariables<T extends MailTemplateName> = Readonly<
  Record<keyof (typeof mailTemplates)[T]['variables'], string>
>

export const mailTemplateNames = Object.keys(mailTemplates) as MailTemplateName[]

export function templateOf(name: MailTemplateName): MailTemplate {
  return mailTemplates[name]
}
