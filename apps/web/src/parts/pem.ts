/**
 * Certificates from a file, as PEM: what administrators have at hand is often DER.
 *
 * Whether one is an authority's, and whether it holds, the console says.
 *
 * @module
 */

const most = 64 * 1024

export interface ReadPem {
  readonly pem?: string
  readonly refusal?: string
}

export async function readPem(file: Pick<File, 'size' | 'arrayBuffer'>): Promise<ReadPem> {
  if (file.size > most) return { refusal: 'The file is too large for certificates: more than 64 KiB.' }
  return pemOf(new Uint8Array(await file.arrayBuffer()))
}

export function pemOf(bytes: Uint8Array): ReadPem {
  const text = new TextDecoder().decode(bytes)
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return { refusal: 'The file holds a private key. It stays where it is.' }
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)
  if (found !== null) return { pem: found.join('\n') }
  // A SEQUENCE of a length in two bytes: X.509 in DER.
  if (bytes[0] === 0x30 && bytes[1] === 0x82) return { pem: ofDer(bytes) }
  return { refusal: 'There is no certificate in the file.' }
}

function ofDer(bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----`
}
