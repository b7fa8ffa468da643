/**
 * Answers of a server and failures of the protocol, in the words of this service.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import {
  ldapFailure,
  readPasswordPolicyError,
  resultCodes,
  resultName,
  type Answer,
  type LdapResult,
} from '@sallygate/protocol-ldap'
import {
  activeDirectoryRefusals,
  directoryFailure,
  passwordPolicyRefusals,
  refusedOtherwise,
  unknownUser,
  wrongCredentials,
  type Refusal,
} from '../contract.ts'

type Code = keyof typeof directoryFailure.rows

const codes: Readonly<Record<number, Code>> = {
  [resultCodes.strongerAuthRequired]: 'STRONGER_AUTH_REQUIRED',
  [resultCodes.confidentialityRequired]: 'CONFIDENTIALITY_REQUIRED',
  [resultCodes.referral]: 'REFERRAL_REFUSED',
  [resultCodes.noSuchObject]: 'NO_SUCH_BASE',
  [resultCodes.invalidDnSyntax]: 'NO_SUCH_BASE',
  [resultCodes.insufficientAccessRights]: 'NOT_ALLOWED_BY_SERVER',
  [resultCodes.busy]: 'SERVER_BUSY',
  [resultCodes.unavailable]: 'SERVER_BUSY',
}

/** What a result other than success means, for anything but the password of a user. */
export function failureOf(result: LdapResult, server: string): Failure {
  // "Bind first", as Active Directory ("a successful bind must be completed") and Samba ("unavailable without
  // authentication") put it. (interop/directory, an anonymous look-up)
  const isUnbound =
    result.code === resultCodes.operationsError && /successful bind|without authentication/.test(result.diagnostic)
  const code = isUnbound ? 'NOT_ALLOWED_BY_SERVER' : (codes[result.code] ?? 'SERVER_ERROR')
  return directoryFailure(code, {
    details: {
      server,
      result: resultName(result.code),
      said: result.diagnostic.slice(0, 200),
      ...(result.referrals[0] === undefined ? {} : { to: result.referrals[0].slice(0, 300) }),
    },
  })
}

/** Results that say nothing about the password: the server did not look at it. */
const notLookedAt = new Set<number>([
  resultCodes.operationsError,
  resultCodes.protocolError,
  resultCodes.authMethodNotSupported,
  resultCodes.strongerAuthRequired,
  resultCodes.confidentialityRequired,
  resultCodes.referral,
  resultCodes.busy,
  resultCodes.unavailable,
])

/**
 * What the answer to a bind says about the user.
 *
 * @returns `undefined` when the password was accepted.
 * @throws what kept the server from looking at the password.
 */
export function refusalOf({ result, controls }: Answer, server: string): Refusal | undefined {
  const policyError = readPasswordPolicyError(controls)
  const policy = policyError === undefined ? undefined : passwordPolicyRefusals.get(policyError)
  // OpenLDAP accepts the bind of somebody who has to change the password, and then allows nothing but that.
  if (result.code === resultCodes.success) return policy
  if (notLookedAt.has(result.code)) throw failureOf(result, server)
  if (policy !== undefined) return policy
  if (result.code === resultCodes.noSuchObject) return unknownUser
  if (result.code !== resultCodes.invalidCredentials) return refusedOtherwise(`LDAP ${result.code}`)
  const subCode = activeDirectorySubCode(result.diagnostic)
  if (subCode === undefined) return wrongCredentials
  return activeDirectoryRefusals.get(subCode) ?? refusedOtherwise(`AD ${subCode}`)
}

/** `80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data 52e, v4563` → `52e` */
export function activeDirectorySubCode(diagnostic: string): string | undefined {
  return /\bcomment: .*\bdata ([0-9a-fA-F]{1,8})\b/.exec(diagnostic)?.[1]?.toLowerCase()
}

/** The bind account was refused: with the reason an administrator can act on. */
export function bindRefused(answer: Answer, server: string): Failure | undefined {
  const refusal = refusalOf(answer, server)
  if (refusal === undefined) return undefined
  const { reason, logCode } = refusal
  return directoryFailure('BIND_REFUSED', { details: { server, reason, code: logCode } })
}

/** Failures of the protocol, and whatever else ended a conversation, in the words of this service. */
export function translate(error: unknown, server: string): unknown {
  if (!ldapFailure.is(error)) return error
  const options = { cause: error, details: { server, ...error.details } }
  switch (error.code) {
    case 'LDAP_TOO_LARGE':
      return directoryFailure('TOO_LARGE', options)
    case 'LDAP_TOO_MANY_ENTRIES':
      return directoryFailure('TOO_MANY_ENTRIES', options)
    case 'LDAP_CLOSED':
      return directoryFailure('CONNECTION_LOST', options)
    case 'LDAP_MALFORMED':
    case 'LDAP_OUT_OF_ORDER':
      return directoryFailure('PROTOCOL_VIOLATION', options)
    case 'LDAP_FILTER_INVALID':
    case 'LDAP_NAME_INVALID':
      return error
  }
}
