/**
 * LDAP messages to bytes (RFC 4511 4).
 *
 * @module
 */
import { berBoolean, berElement, berInteger, berOctets, tags } from './ber.ts'
import type { Control } from './controls.ts'
import { encodeFilter } from './filter.ts'
import { searchScopes, type AttributeValues, type LdapMessage, type LdapOperation, type LdapResult } from './message.ts'
import { controlsTag, operationTags } from './message-tags.ts'

export function encodeMessage(message: LdapMessage): Buffer {
  const controls =
    message.controls.length === 0 ? [] : [berElement(controlsTag, ...message.controls.map((one) => encodeControl(one)))]
  return berElement(tags.sequence, berInteger(message.id), encodeOperation(message.operation), ...controls)
}

function encodeControl({ oid, isCritical, value }: Control): Buffer {
  return berElement(
    tags.sequence,
    berOctets(oid),
    ...(isCritical ? [berBoolean(true)] : []),
    ...(value === undefined ? [] : [berOctets(value)]),
  )
}

function encodeOperation(operation: LdapOperation): Buffer {
  switch (operation.kind) {
    case 'bindRequest': {
      const { credentials } = operation
      const proof =
        credentials.kind === 'simple'
          ? berOctets(credentials.password, 0x80)
          : berElement(
              0xa3,
              berOctets(credentials.mechanism),
              ...(credentials.data === undefined ? [] : [berOctets(credentials.data)]),
            )
      return berElement(operationTags.bindRequest, berInteger(operation.version), berOctets(operation.name), proof)
    }
    case 'bindResponse':
      return berElement(
        operationTags.bindResponse,
        ...encodeResult(operation.result),
        ...(operation.serverCredentials === undefined ? [] : [berOctets(operation.serverCredentials, 0x87)]),
      )
    case 'unbindRequest':
      return berElement(operationTags.unbindRequest)
    case 'searchRequest':
      return berElement(
        operationTags.searchRequest,
        berOctets(operation.base),
        berInteger(searchScopes.indexOf(operation.scope), tags.enumerated),
        // Aliases are never followed: where one leads is not what the base DN promised.
        berInteger(0, tags.enumerated),
        berInteger(operation.sizeLimit),
        berInteger(operation.timeLimitSeconds),
        berBoolean(operation.typesOnly),
        encodeFilter(operation.filter),
        berElement(tags.sequence, ...operation.attributes.map((attribute) => berOctets(attribute))),
      )
    case 'searchEntry':
      return berElement(
        operationTags.searchEntry,
        berOctets(operation.dn),
        berElement(tags.sequence, ...operation.attributes.map(encodeAttribute)),
      )
    case 'searchReference':
      return berElement(operationTags.searchReference, ...operation.uris.map((uri) => berOctets(uri)))
    case 'searchDone':
      return berElement(operationTags.searchDone, ...encodeResult(operation.result))
    case 'abandonRequest':
      return berInteger(operation.target, operationTags.abandonRequest)
    case 'extendedRequest':
      return berElement(
        operationTags.extendedRequest,
        berOctets(operation.oid, 0x80),
        ...(operation.value === undefined ? [] : [berOctets(operation.value, 0x81)]),
      )
    case 'extendedResponse':
      return berElement(
        operationTags.extendedResponse,
        ...encodeResult(operation.result),
        ...(operation.oid === undefined ? [] : [berOctets(operation.oid, 0x8a)]),
        ...(operation.value === undefined ? [] : [berOctets(operation.value, 0x8b)]),
      )
    case 'intermediateResponse':
      return berElement(operationTags.intermediateResponse)
    case 'other':
      return berElement(operation.tag)
  }
}

function encodeAttribute({ type, values }: AttributeValues): Buffer {
  return berElement(tags.sequence, berOctets(type), berElement(tags.set, ...values.map((value) => berOctets(value))))
}

function encodeResult(result: LdapResult): Buffer[] {
  return [
    berInteger(result.code, tags.enumerated),
    berOctets(result.matchedDn),
    berOctets(result.diagnostic),
    ...(result.referrals.length === 0 ? [] : [berElement(0xa3, ...result.referrals.map((uri) => berOctets(uri)))]),
  ]
}
