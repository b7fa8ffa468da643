/**
 * Refusals: why a directory did not accept a user and password.
 *
 * One row per reason, found by the sub-code that Active Directory puts after `data`
 * in its answer, or by the error of the password policy control. The raw code is
 * for the log; a person gets words.
 *
 * @module
 */

export const refusalWords = [
  'wrongPassword',
  'unknownUser',
  'notAtThisTime',
  'notFromThisComputer',
  'passwordExpired',
  'disabled',
  'accountExpired',
  'mustChangePassword',
  'lockedOut',
  'accountRestricted',
  'refused',
] as const

export type RefusalWord = (typeof refusalWords)[number]

export interface Refusal {
  readonly reason: RefusalWord
  /** For the person who tried to sign in. */
  readonly says: string
  readonly logCode: string
}

// One sentence for both: a stranger must not learn which names exist.
const wrong = 'The user name or the password is wrong.'

const row = (code: string, reason: RefusalWord, says: string): [string, Refusal] => [
  code,
  { reason, says, logCode: `AD ${code}` },
]

/** Sub-codes of result 49 in Active Directory, hexadecimal as it writes them: Windows' own error numbers. */
export const activeDirectoryRefusals: ReadonlyMap<string, Refusal> = new Map([
  row('525', 'unknownUser', wrong),
  row('52e', 'wrongPassword', wrong),
  row(
    '52f',
    'accountRestricted',
    'Your account has restrictions that keep you from signing in here. Ask your administrator.',
  ),
  row('530', 'notAtThisTime', 'Your account may not sign in at this time of day.'),
  row('531', 'notFromThisComputer', 'Your account may not sign in from here.'),
  row('532', 'passwordExpired', 'Your password has expired. Change it, then sign in again.'),
  row('533', 'disabled', 'Your account is disabled. Ask your administrator.'),
  row('701', 'accountExpired', 'Your account has expired. Ask your administrator.'),
  row('773', 'mustChangePassword', 'You have to change your password before you can sign in.'),
  row('775', 'lockedOut', 'Your account is locked after too many attempts. Wait, or ask your administrator.'),
])

/** Errors of the password policy control (draft-behera-ldap-password-policy), by number. */
export const passwordPolicyRefusals: ReadonlyMap<number, Refusal> = new Map([
  [
    0,
    {
      reason: 'passwordExpired',
      says: 'Your password has expired. Change it, then sign in again.',
      logCode: 'ppolicy passwordExpired',
    },
  ],
  [
    1,
    {
      reason: 'lockedOut',
      says: 'Your account is locked. Wait, or ask your administrator.',
      logCode: 'ppolicy accountLocked',
    },
  ],
  [
    2,
    {
      reason: 'mustChangePassword',
      says: 'You have to change your password before you can sign in.',
      logCode: 'ppolicy changeAfterReset',
    },
  ],
])

export const wrongCredentials: Refusal = { reason: 'wrongPassword', says: wrong, logCode: 'LDAP 49' }
export const unknownUser: Refusal = { reason: 'unknownUser', says: wrong, logCode: 'not found' }
/** Refused for a reason this version has no words for. */
export const refusedOtherwise = (logCode: string): Refusal => ({
  reason: 'refused',
  says: 'The directory did not let you sign in. Ask your administrator.',
  logCode,
})
