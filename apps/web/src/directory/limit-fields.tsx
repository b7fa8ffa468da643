/**
 * How far the connector goes: other servers, time, and size of an answer.
 *
 * @module
 */
import { NumberInput, SegmentedControl, TagsInput, Text } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import type { DirectoryParts } from './directory-form.tsx'

const mebibyte = 1024 * 1024

export function LimitFields({ form, label }: DirectoryParts) {
  const { referrals, connectTimeoutMs, operationTimeoutMs, maxBytes } = form.values
  const seconds = (ms: number | string) => (ms === '' ? '' : Number(ms) / 1000)
  const isFollowed = referrals.follow === 'listed'
  return (
    <FormPart
      title="Referrals, time-outs and sizes"
      folded={`${isFollowed ? `referrals to ${referrals.hosts.length} hosts` : 'no referrals'}; ${seconds(connectTimeoutMs)} s to connect, ${seconds(operationTimeoutMs)} s to answer`}
    >
      <div>
        <Text size="sm" fw={600} mb={4} id="referrals">
          {label('Where a server points to another one', 'referrals')}
        </Text>
        <SegmentedControl
          aria-labelledby="referrals"
          data={[
            { value: 'never', label: 'Stay' },
            { value: 'listed', label: 'Go, if it is listed' },
          ]}
          {...form.getInputProps('referrals.follow')}
        />
      </div>
      {isFollowed && (
        <TagsInput
          label="Hosts it may go to"
          description="The bind account and its password go there as well. Enter a host, press Enter."
          maxTags={16}
          {...form.getInputProps('referrals.hosts')}
          value={[...referrals.hosts]}
        />
      )}
      <div className="fields-row">
        <NumberInput
          label={label('To connect, in seconds', 'connectTimeoutMs')}
          min={0.1}
          max={60}
          decimalScale={1}
          value={seconds(connectTimeoutMs)}
          onChange={(value) =>
            form.setFieldValue('connectTimeoutMs', value === '' ? '' : Math.round(Number(value) * 1000))
          }
        />
        <NumberInput
          label={label('To answer, in seconds', 'operationTimeoutMs')}
          min={0.1}
          max={300}
          decimalScale={1}
          value={seconds(operationTimeoutMs)}
          onChange={(value) =>
            form.setFieldValue('operationTimeoutMs', value === '' ? '' : Math.round(Number(value) * 1000))
          }
        />
      </div>
      <div className="fields-row">
        <NumberInput
          label={label('Entries of one answer', 'maxEntries')}
          min={1}
          max={10_000}
          allowDecimal={false}
          thousandSeparator=","
          {...form.getInputProps('maxEntries')}
        />
        <NumberInput
          label={label('Size of one answer, in MiB', 'maxBytes')}
          min={0.0625}
          max={256}
          decimalScale={4}
          value={maxBytes === '' ? '' : Number(maxBytes) / mebibyte}
          onChange={(value) => form.setFieldValue('maxBytes', value === '' ? '' : Math.round(Number(value) * mebibyte))}
        />
      </div>
    </FormPart>
  )
}
