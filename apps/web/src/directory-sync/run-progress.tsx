/**
 * A run that is under way: which part, how much, how fast, how long still.
 *
 * @module
 */
import { Progress, Stack, Text } from '@mantine/core'
import type { SyncRun } from '../api/sync-shapes.ts'
import { Notice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import { leftWords, phaseWords } from './words.ts'

export function RunProgress({ run }: { readonly run: SyncRun }) {
  const { phase, done, expected, perSecond, secondsLeft, waitsFor } = run.progress
  const percent = expected === undefined || expected === 0 ? undefined : Math.min(100, (100 * done) / expected)
  const rate = perSecond >= 1 ? `${Math.round(perSecond).toLocaleString('en')} a second` : ''
  const amount =
    expected === undefined
      ? done.toLocaleString('en')
      : `${done.toLocaleString('en')} of ${expected.toLocaleString('en')}`
  return (
    <Stack gap={6}>
      <Text size="sm" role="status">
        {run.mode === 'preview' ? 'Preview' : 'Sync'} {run.number}: {phaseWords[phase]}
      </Text>
      <Progress
        size="lg"
        value={percent ?? 100}
        animated={percent === undefined}
        aria-label={`Progress of run ${run.number}`}
        {...(percent === undefined ? {} : { 'aria-valuetext': `${Math.round(percent)} percent` })}
      />
      <Text size="sm" c="dimmed" className="numbers">
        {[`${amount} objects`, rate, leftWords(secondsLeft)].filter((words) => words !== '').join(', ')}
        {run.server !== undefined && `, from ${visible(run.server)}`}
      </Text>
      {waitsFor !== undefined && (
        <Notice about="warning" says={waitsFor.says} fix={`${waitsFor.fix} It goes on where it was.`} />
      )}
    </Stack>
  )
}
