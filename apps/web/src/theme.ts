/**
 * The look: one accent, quiet greys, and contrast that reads in sunlight.
 *
 * Mantine's own dimmed grey and its placeholder fall below 4.5:1; here every text
 * color is set, for light and dark.
 *
 * @module
 */
import {
  Button,
  createTheme,
  Input,
  Notification,
  Paper,
  Modal,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'

const gate: MantineColorsTuple = [
  '#e8f7f9',
  '#d3ecf0',
  '#a7d9e1',
  '#77c4d1',
  '#52b3c3',
  '#2a94a6',
  '#17798a',
  '#0f6674',
  '#0b5560',
  '#06414b',
]

/** Mantine's dark greys lean to brown beside a blue-grey page. */
const night: MantineColorsTuple = [
  '#e3e7ea',
  '#b9c1c8',
  '#a3adb7',
  '#7d8893',
  '#39424a',
  '#2f373e',
  '#232a30',
  '#1c2126',
  '#171b1f',
  '#14181c',
]

export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { gate, dark: night },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Paper: Paper.extend({ defaultProps: { withBorder: true, p: 'md', radius: 'md' } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'md' } }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close this message' } },
    }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    // Nearly every field is needed; those that are not say what their being empty means.
    InputWrapper: Input.Wrapper.extend({ defaultProps: { withAsterisk: false } }),
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f7f8f9',
    '--mantine-color-dimmed': '#56606b',
    '--mantine-color-placeholder': '#66707a',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#0f6674',
    '--gate-surface': '#ffffff',
    '--gate-border': '#d9dee3',
    '--gate-ok': '#1f7a34',
    '--gate-warning': '#8a5300',
    '--gate-failed': '#b42318',
    '--gate-off': '#56606b',
    '--gate-ok-soft': '#e6f4ea',
    '--gate-warning-soft': '#fff3d6',
    '--gate-failed-soft': '#fdebe9',
    '--gate-off-soft': '#eef1f3',
  },
  dark: {
    '--mantine-color-body': '#14181c',
    '--mantine-color-text': '#e3e7ea',
    '--mantine-color-dimmed': '#a3adb7',
    '--mantine-color-placeholder': '#98a2ac',
    '--mantine-color-error': '#ff9d92',
    '--mantine-color-anchor': '#77c4d1',
    '--mantine-primary-color-light': '#16343a',
    '--mantine-primary-color-light-hover': '#1b4149',
    '--mantine-color-gate-light': '#16343a',
    '--mantine-color-gate-light-hover': '#1b4149',
    '--gate-surface': '#1c2126',
    '--gate-border': '#39424a',
    '--gate-ok': '#79d38c',
    '--gate-warning': '#f2c05c',
    '--gate-failed': '#ff9d92',
    '--gate-off': '#a3adb7',
    '--gate-ok-soft': '#1a3323',
    '--gate-warning-soft': '#3a2d10',
    '--gate-failed-soft': '#42201d',
    '--gate-off-soft': '#272e34',
  },
})
