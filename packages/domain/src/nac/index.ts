/**
 * What the console tells nac, and how it is read.
 *
 * @module
 */
export { consoleMark, consoleMarksHeader, readConsoleMarks, writeConsoleMarks } from './console-marks.ts'
export { nacFailure } from './failures.ts'
export {
  maxNacPageBytes,
  nacFeedFormat,
  nacFeedLabel,
  requireEntry,
  requireRecord,
  signNacPage,
  verifyNacPage,
  type NacFeedExpectation,
  type NacPage,
  type SignedNacPage,
} from './feed-page.ts'
export {
  nacActions,
  nacIdOf,
  nacKinds,
  type NacAccount,
  type NacAction,
  type NacDevice,
  type NacEntry,
  type NacFacts,
  type NacFailing,
  type NacGroup,
  type NacKind,
  type NacRecord,
  type NacSecret,
  type NacValues,
} from './records.ts'
export { checkVerifier, makeVerifier } from './verifier.ts'
