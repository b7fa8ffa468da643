/**
 * Result codes of RFC 4511 appendix A, and those of Active Directory we meet.
 *
 * @module
 */
export const resultCodes = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  compareFalse: 5,
  compareTrue: 6,
  authMethodNotSupported: 7,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  saslBindInProgress: 14,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  loopDetect: 54,
  other: 80,
} as const

export type ResultName = keyof typeof resultCodes

const names = new Map<number, ResultName>(Object.entries(resultCodes).map(([name, code]) => [code, name as ResultName]))

/** `invalidCredentials`, or `code 123` for one that has no name here. */
export function resultName(code: number): string {
  return names.get(code) ?? `code ${code}`
}
