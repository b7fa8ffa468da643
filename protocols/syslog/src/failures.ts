/**
 * What is wrong with a message, a template or a frame that cannot be read.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const syslogFormatFailure = defineFailures('SYSLOG_FORMAT', {
  MALFORMED: {
    says: 'This is no message of that format.',
    fix: 'The details say which part cannot be read.',
    retry: 'never',
    status: 400,
  },
  TEMPLATE: {
    says: 'The message template cannot be used.',
    fix: 'Put %names% from the list between texts that hold a sign such as : = | or ", so that no value can be taken for the next name. %% is a percent sign.',
    retry: 'never',
    status: 400,
  },
  FRAME: {
    says: 'What came over the connection is no syslog frame.',
    fix: 'Both ends have to use the same framing: octet counting, or a line feed at the end.',
    retry: 'never',
    status: 400,
  },
})
