/**
 * Trust: certificates, chains, trust sets, descriptors, installers, enrollment codes, PKCS#12.
 *
 * Everything here works on bytes and a given time; nothing reads a clock, a disk
 * or a network, and nothing here knows about sealing or routing.
 *
 * @module
 */
export { trustFailure } from './failures.ts'

export { groupHost, identityUri, idField, keyIdField, makeId, parseId, parseIdentityUri } from './identity.ts'
export type { Brand, ConsoleId, GroupId, IdentityName, InstanceId, KeyId, RelayId } from './identity.ts'

export {
  exportPrivateKey,
  exportPublicKey,
  exportPublicPoint,
  importPrivateKey,
  importPublicKey,
  importPublicPoint,
  keyIdOf,
  makePrivateKey,
  publicKeyOf,
  requireKey,
} from './key.ts'
export type { Curve } from './key.ts'

export { labelBytes, signatureLength, signStatement, verifyBytes, verifyStatement } from './signature.ts'

export { profileOf, profiles, purpose } from './profile.ts'
export type { KeyUsage, Profile, ProfileName } from './profile.ts'

export { certificatePem, maxCertificateLength, parseCertificate, parseCertificatePem } from './certificate.ts'
export type { Certificate } from './certificate.ts'

export {
  issueBootstrap,
  issueConsoleIdentity,
  issueConsoleSigning,
  issueGroupAuthority,
  issueInstance,
  issueTlsServer,
  makeProductRoot,
} from './issue.ts'
export type { Holder } from './issue.ts'
export { backdatedMs } from './certificate-writer.ts'

export { makeCertificateRequest, maxCertificateRequestLength, readCertificateRequest } from './certificate-request.ts'
export type { CertificateRequest } from './certificate-request.ts'

export { isUnder, verifyChain } from './chain.ts'
export type { ChainRequest, VerifiedCertificate } from './chain.ts'

export { thumbprints } from './thumbprint.ts'
export type { Thumbprints } from './thumbprint.ts'

export {
  isPortablePassword,
  makePassword,
  minPasswordLength,
  normalizePassword,
  requireStrongPassword,
} from './password.ts'
export { maxBundleLength } from './pkcs12.ts'
export { readPkcs12 } from './pkcs12-reader.ts'
export { writePkcs12 } from './pkcs12-writer.ts'
export type { Bundle } from './pkcs12.ts'

export {
  findSigner,
  makeTrustSet,
  maxTrustSetLifeMs,
  requireFreshTrustSet,
  requireSuite,
  verifyTrustSet,
} from './trust-set.ts'
export type { TrustSet, TrustSetContent, TrustSetExpectation } from './trust-set.ts'

export {
  descriptorDigest,
  encryptionKeyLength,
  isPinned,
  makeDescriptor,
  maxDescriptorLifeMs,
  verifyDescriptor,
} from './descriptor.ts'
export type { Descriptor, DescriptorContent, RootPin } from './descriptor.ts'

export {
  installerFormat,
  makeInstallerFacts,
  makeInstallerFile,
  maxInstallerLength,
  openInstallerFile,
  verifyInstallerFacts,
} from './installer.ts'
export type { InstallerContent, InstallerFacts, OpenedInstaller } from './installer.ts'

export { codeId, codeMacKey, formatEnrollmentCode, makeEnrollmentCode, parseEnrollmentCode } from './enrollment-code.ts'
export type { EnrollmentCode } from './enrollment-code.ts'
