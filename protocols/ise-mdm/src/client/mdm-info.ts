/**
 * The answer to `mdminfo`: which version, where the rest of the API is, how much fits in one answer.
 *
 * @module
 */
import { iseClientFailure } from './failures.ts'
import { IseDocument, unreadable, type Read } from './reader.ts'

export type ApiVersion = 1 | 2 | 3

export interface MdmInfo {
  readonly apiVersion: ApiVersion
  /** Absolute path, without a slash at its end. */
  readonly apiPath: string
  readonly redirectUrl: string | undefined
  /** 5000 when the server does not say, as ISE assumes. */
  readonly queryMaxSize: number
  readonly supportsMessaging: boolean
  readonly vendor: string | undefined
  readonly productName: string | undefined
  readonly productVersion: string | undefined
}

const assumedMaxSize = 5000

/**
 * @param offered the highest version the server was offered.
 * @throws ISE_CLIENT_ANSWER_UNREADABLE, ISE_CLIENT_VERSION.
 */
export function readMdmInfo(body: Uint8Array, offered: ApiVersion): Read<MdmInfo> {
  const document = new IseDocument(body, 'mdminfo')
  const { root } = document
  // The schema of version 1 has no api_version.
  const apiVersion = document.integer(root, 'api_version') ?? 1
  if (apiVersion > offered || apiVersion < 1)
    throw iseClientFailure('VERSION', { details: { offered, chose: apiVersion } })
  const apiPath = document.text(root, 'api_path')
  if (apiPath === undefined) throw unreadable('an api_path')
  const queryMaxSize = document.integer(root, 'query_max_size')
  if (queryMaxSize === undefined || queryMaxSize < 1) document.remark('query_max_size is missing; ISE assumes 5000.')
  const vendor = document.text(root, 'vendor')
  const productName = document.text(root, 'product_name')
  const productVersion = document.text(root, 'product_version')
  if (apiVersion === 3 && [vendor, productName, productVersion].includes(undefined))
    document.remark('Version 3 wants vendor, product_name and product_version.')
  const redirectUrl = document.text(root, 'redirect_url')
  if (redirectUrl === undefined) document.remark('There is no redirect_url; ISE cannot send people to enroll.')
  return {
    value: {
      apiVersion: apiVersion as ApiVersion,
      apiPath: checkedPath(apiPath),
      redirectUrl,
      queryMaxSize: queryMaxSize === undefined || queryMaxSize < 1 ? assumedMaxSize : queryMaxSize,
      supportsMessaging: document.truth(root, 'messaging_support') ?? false,
      vendor,
      productName,
      productVersion,
    },
    remarks: document.remarks,
  }
}

/** The path stays on the server that was asked: no host, no way up, nothing that ends a request line. */
function checkedPath(path: string): string {
  const isPlain = /^\/(?!\/)[A-Za-z0-9._~!$'()*,;=:@%/-]{0,500}$/.test(path) && !path.split('/').includes('..')
  if (!isPlain) throw unreadable('an api_path that is an absolute path')
  return path.replace(/\/+$/, '')
}
