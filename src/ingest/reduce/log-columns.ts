/** What logs of use hold beside the model and the time: a file of ticks may have them too. */
export const LOG_COLUMNS = ['input_tokens', 'output_tokens', 'cached_tokens', 'requests'] as const;
