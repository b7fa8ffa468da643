/**
 * Devices: the posture model and its rules, without storage.
 *
 * @module
 */
export {
  commandKinds,
  commandStates,
  type CommandKind,
  type CommandState,
  type DeviceCommand,
  type MessageText,
} from './commands.ts'
export {
  deviceStates,
  severities,
  type Device,
  type DeviceId,
  type DeviceReport,
  type DeviceState,
  type FailingRule,
  type KnownMac,
  type Severity,
  type Verdict,
} from './device.ts'
export {
  factNames,
  factTable,
  valueOf,
  type BooleanFact,
  type Fact,
  type FactName,
  type Facts,
  type FactValue,
  type Said,
  type SaidFacts,
  type TextFact,
} from './facts.ts'
export {
  identifierKey,
  identifierKinds,
  mostMacs,
  readIdentifier,
  readIdentifiers,
  strongKinds,
  type IdentifierKind,
  type Identifiers,
  type SaidIdentifiers,
  type StrongKind,
} from './identifiers.ts'
export { isLocallyAdministered, printMac, readMac, type Mac } from './mac.ts'
export { evaluate, stalenessPolicy, type Evaluation, type EvaluationRules, type Posture } from './evaluate.ts'
export { matchDevice, relationOf, usableMacs, type Candidate, type Match, type MatchOptions } from './match.ts'
export { mergeFacts, mergeIdentifiers, nextMergeMs, restate, type MergeRules, type Statement } from './merge.ts'
export { holdsFor, isAtLeast, matches, sayBroken, sayRule, type Policy, type Rule, type WhenUnknown } from './policy.ts'
export { plainText, readFacts } from './said.ts'
