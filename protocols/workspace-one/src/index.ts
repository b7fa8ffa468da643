/** What other packages may use of this one.
 *
 * @module
 */
export * from './client/index.ts'
