import { readPanelFile } from './panel-cases.ts';
import { runPanel } from './run-panel.ts';

const oracle = (name: string) => readPanelFile(new URL(`oracle/${name}.json`, import.meta.url));

runPanel(oracle('panel-syn_llm_A_8x12'));
runPanel(oracle('panel-syn_llm_A_dyn'));
