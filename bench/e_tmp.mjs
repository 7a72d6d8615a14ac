import { engineNamed } from '../dist/ingest/engines/choose.js';
const [name,...paths]=process.argv.slice(2);
const e=await engineNamed(name,{memoryMb:512});
const t=process.cpuUsage(), w=performance.now();
const r=await e.quotes({paths,options:{},isWhole:()=>false});
const c=process.cpuUsage(t); console.log(name,r.count,r.rows.length,r.rejects.length,'cpu',(c.user+c.system)/1e6,'wall',((performance.now()-w)/1e3).toFixed(2),'peak',process.resourceUsage().maxRSS/1e3);
