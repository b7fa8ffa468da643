/**
 * What can go wrong with identities, in words.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const trustFailure = defineFailures('TRUST', {
  UNTRUSTED: {
    says: 'The certificate does not lead to a certificate that is trusted here.',
    fix: 'Check that both sides belong to the same console; the details say which check failed. Enroll again if the console was rebuilt.',
    retry: 'never',
    status: 403,
  },
  EXPIRED: {
    says: 'A certificate or signed statement has expired.',
    fix: 'Renew it in the console, and check the clock of this machine. The details say what ended when.',
    retry: 'never',
    status: 403,
  },
  NOT_YET_VALID: {
    says: 'A certificate or signed statement is not valid yet.',
    fix: 'Check the clocks of this machine and of the console; the details say when it begins.',
    retry: 'later',
    status: 403,
  },
  WRONG_PROFILE: {
    says: 'A certificate is used for something it was not made for.',
    fix: 'Use the certificate of the kind that the details name.',
    retry: 'never',
    status: 403,
  },
  WRONG_GROUP: {
    says: 'A certificate or signed statement belongs to another organization group, console or instance.',
    fix: 'Use the installer or enrollment code of the right organization group.',
    retry: 'never',
    status: 403,
  },
  WRONG_KEY: {
    says: 'A key is not of the kind that is used here.',
    fix: 'Use an ECDSA key on the curve the details name. RSA keys, other curves and certificates are refused.',
    retry: 'never',
    status: 400,
  },
  WRONG_PASSWORD: {
    says: 'The certificate password is wrong, or the file was changed.',
    fix: 'Enter the password that was shown when the file was made. If it is lost, make a new installer in the console.',
    retry: 'never',
    status: 400,
  },
  PASSWORD_TOO_SHORT: {
    says: 'The certificate password is too short.',
    fix: 'Use at least 14 characters, or let the console generate a password.',
    retry: 'never',
    status: 400,
  },
  MALFORMED_BUNDLE: {
    says: 'The certificate file is not a PKCS#12 file that can be read here.',
    fix: 'Export it again with AES-256 and SHA-256, at most 64 KiB and 1,000,000 iterations. The details say what is wrong.',
    retry: 'never',
    status: 400,
  },
  MALFORMED: {
    says: 'A certificate, request or signed statement is not in the form it has to have.',
    fix: 'Send the form that the documentation states. The details name what was expected.',
    retry: 'never',
    status: 400,
  },
  BAD_SIGNATURE: {
    says: 'A signature does not fit what it should sign.',
    fix: 'Fetch it again. If it happens twice, something between the two sides changes data.',
    retry: 'never',
    status: 403,
  },
  SET_TOO_OLD: {
    says: 'The trust set is too old to be used.',
    fix: 'Check that the connector reaches the relay and the console; a fresh trust set arrives by itself.',
    retry: 'later',
    status: 403,
  },
  SET_LOWER_NUMBER: {
    says: 'The trust set has a lower number than one that was seen before.',
    fix: 'If the console was restored from an old backup, enroll again. Otherwise something on the way replays old data.',
    retry: 'never',
    status: 403,
  },
  SET_WRONG_SIGNER: {
    says: 'The trust set is not signed by the authority of its organization group.',
    fix: 'Check that both sides belong to the same console. Enroll the connector again if the console was rebuilt.',
    retry: 'never',
    status: 403,
  },
  UNKNOWN_SIGNER: {
    says: 'The signing key is not in the trust set.',
    fix: 'It was revoked or not distributed yet. Wait for the next trust set, or look at the certificates in the console.',
    retry: 'later',
    status: 403,
  },
  SUITE_BELOW_FLOOR: {
    says: 'The encryption suite is unknown or weaker than the console allows.',
    fix: 'Update the side that offers it; the details name the suite and the floor.',
    retry: 'never',
    status: 403,
  },
  CODE_MISTYPED: {
    says: 'The enrollment code has a typing mistake.',
    fix: 'Copy the whole code again, from SG1 to its last character. The details say what does not fit.',
    retry: 'never',
    status: 400,
  },
})
