export { composeOptions, type ComposeOptions, type Shadow } from './schema';
export { parseComposeOptions, type ParsedOptions } from './parse';
export { optionsHash } from './hash';
export { optionsFor, ownOf } from './own';
export { optionsError, validationErrorBody, type ValidationBody } from './error-body';
export { formatColor, parseColor, type Rgba } from './color';
export { parseMargin, parsePosition, type Length, type Position, type Sides } from './lengths';
