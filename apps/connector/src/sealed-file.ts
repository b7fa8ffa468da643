/**
 * Files that only this instance can read: service settings with their secrets, results in the journal.
 *
 * The key comes from the instance key, so that a restart works before the console is
 * reached, and a file that is carried to another instance opens nowhere.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, type Bytes } from '@sallygate/base/bytes'

const nonceLength = 12
const tagLength = 16
/** First byte of everything sealed here. */
const version = 1

export interface Sealer {
  /** `name` is what it is, `settings directory`; what was sealed under one name does not open under another. */
  seal(name: string, content: Bytes): Buffer
  /** @returns `undefined` for what this instance has not sealed under this name. */
  open(name: string, sealed: Bytes): Buffer | undefined
}

export function sealerOf(instanceKey: KeyObject): Sealer {
  const secret = Buffer.from(instanceKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), encodeUtf8('sallygate connector files v1'), 32))
  const context = (name: string) => encodeUtf8(`sallygate ${name} v1\0`)
  return {
    seal(name, content) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength }).setAAD(context(name))
      return concat(Buffer.of(version), nonce, cipher.update(content), cipher.final(), cipher.getAuthTag())
    },
    open(name, sealed) {
      if (sealed.length < 1 + nonceLength + tagLength || sealed[0] !== version) return undefined
      const nonce = sealed.subarray(1, 1 + nonceLength)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
      decipher.setAAD(context(name)).setAuthTag(sealed.subarray(-tagLength))
      try {
        return concat(decipher.update(sealed.subarray(1 + nonceLength, -tagLength)), decipher.final())
      } catch {
        return undefined
      }
    },
  }
}
