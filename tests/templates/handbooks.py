"""What the five handbooks ask, form by form: the official Chinese labels, `*` behind what must be filled."""

from __future__ import annotations

from collections.abc import Mapping

ASKED: Mapping[str, str] = {
    "requirement": """
        需求编号* 需求名称* 发起部门/区域* 需求方负责人* 承接方 承接方负责人 协作场景 需求背景* 核心目标*
        具体需求描述 涉及区域*
        涉及部门 优先级* 紧急程度* 提出时间* 期望完成时间* 资源需求 配合资源 已尝试的沟通 限制条件 待确认事项
        联系人* 联系方式*
        附件清单 需求状态 审批意见""",
    "minutes": """
        会议编号* 会议名称* 会议类型 开始时间* 结束时间* 地点/线上* 主持人* 记录人* 发布时间
        区域/部门* 姓名* 代会人 是否出席 是否确认纪要
        议题* 讨论要点 决议事项
        行动项编号* 需求编号 具体任务* 责任人* 责任区域* 配合部门 计划完成时间* 所需资源 输出物 备注""",
    "tracking": """
        任务编号* 需求编号 任务名称* 责任人* 责任区域* 开始时间 计划完成时间* 里程碑 实际进度* 完成率 实际完成时间
        本周完成内容 延迟原因 存在问题 影响范围 已尝试措施 需协调资源 反馈时间* 备注""",
    "raci": "任务编号 任务/交付物*",
    "issues": """
        问题编号* 发现方* 提出人* 提出时间* 问题描述* 影响范围 已尝试措施 需协调资源 紧急程度* 责任部门 责任人*
        首次响应时间 方案提出时间 解决方案 解决时限* 状态* 实际解决时间 验证人 验证时间""",
    "risks": """
        风险编号* 识别日期* 区域* 风险描述* 风险类别 可能性* 影响程度* 风险值 风险等级* 应对策略 应对措施* 责任人*
        解决时限* 状态* 更新时间""",
    "opinions": """
        需求编号* 区域/部门* 反馈人* 资源是否可支持* 可行性评估 困难与风险 资源需求 建议方案 意见分类* 核心分歧
        反馈时间*""",
    "notice": "会议名称* 会议目标* 会议时间* 地点/线上* 主持人 参会部门及人员 背景材料 序号 议题* 主讲人 时长（分钟）*",
    "plan": """
        阶段* 工作模块 任务编号* 任务内容* 负责人* 区域/部门* 开始时间* 结束时间* 交付物* 验收标准* 里程碑 前置任务
        实际进度""",
    "charter": """
        任务名称* 背景 核心目标* 包含范围* 不包含范围* 关键交付物* 总协调人* 指标* 目标值* 单位 统计口径""",
    "team": "角色* 姓名* 区域/部门* 职责* 联系方式* 备份人",
    "resources": "资源名称* 类别* 数量* 单位 提供方* 可用时间* 状态",
    "resource_requests": """
        申请编号* 申请人* 区域* 申请时间* 资源缺口* 类别* 数量* 单位* 需要时间* 影响 答复时间 处理结果 提供方""",
    "communications": "沟通类型* 频率* 时长 参与方* 主持人 工具* 输出物 命名规则",
    "disputes": """
        争议编号* 争议事项* 涉及区域/部门* 核心分歧* 争议程度* 提出时间* 会议时间 决议 是否上报 决策人 同步时间""",
    "exceptions": "关联任务* 滞后发现时间* 原因分析* 解决方案* 责任人* 方案提出时间* 预计恢复时间*",
    "acceptance": """
        申请编号* 关联任务* 申请人* 申请时间* 交付物说明* 自检报告* 验收标准* 结果* 说明 验收结论* 整改要求
        整改时限""",
    "results": "关联任务* 目标* 实际结果* 达成率 数据成果 经验 教训 提交时间*",
    "retrospective": "目标 实际 差异 原因 亮点 待改进 建议* 责任人* 时限*",
    "emergency": """
        事件编号* 事件描述* 发生时间* 区域* 事件级别* 首次响应时间 应急负责人* 处置方案 方案提出时间 记录时间*
        进展情况*
        关闭时间""",
    "commitment": "区域/部门* 代表人* 承担职责*",
    "archive": "资料名称* 类型* 编号 版本 归档人* 归档时间* 存放位置",
}
"""Sheet -> what it asks."""

FORMS_OF_PACKS: Mapping[str, str] = {
    "coordination": "需求表 会议纪要 执行跟踪反馈表 责任矩阵表 问题跟踪表 风险跟踪表",
    "cross_region": """
        需求表 初步评估意见表 会议通知 会议纪要 执行跟踪反馈表 异常处理方案 结果反馈报告 复盘报告 归档清单""",
    "collaboration": "需求表 责任矩阵表 进度表 会议纪要 问题跟踪表",
    "team_plan": """
        协同任务目标说明书 团队架构及职责表 资源清单 协同承诺书 沟通机制 工作计划表 周例会纪要 资源协调申请表
        争议处理决议
        风险跟踪表 成果验收表""",
    "communication": "需求登记表 初步评估意见表 会议通知 会议纪要 执行跟踪反馈表",
    "toolkit": "需求沟通与确认表 会议议程 会议纪要 执行跟踪反馈表 应急响应表",
}
"""Pack -> the titles of its handbook's forms."""

URGENT_SOONER = {"urgent": 2, "critical": 2}

DUTIES: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    "cross_region": {
        "review": {"working_days": 1},
        "notice": {"working_days": 2},
        "minutes": {"hours": 24},
        "lag": {"hours": 48},
        "feedback": {"every": "week", "on": 5, "at": "18:00"},
        "milestone_note": {"days": 3},
        "result_report": {"working_days": 3},
    },
    "collaboration": {
        "minutes": {"hours": 24},
        "respond": {"hours": 2},
        "solve": {"hours": 24, "case": URGENT_SOONER},
        "feedback": {"every": "week", "on": 5, "at": "18:00"},
    },
    "team_plan": {
        "respond": {"hours": 2},
        "solve": {"hours": 24},
        "resource_answer": {"hours": 24},
        "feedback": {"every": "week", "on": 5, "at": "18:00"},
        "risks": {"every": "week"},
    },
    "communication": {
        "minutes": {"hours": 2},
        "dispute_meeting": {"hours": 48, "case": {"major": 24, "ordinary": 48}},
        "feedback": {"every": "day", "at": "18:00"},
    },
    "toolkit": {
        "notice": {"days": 3},
        "minutes": {"hours": 24},
        "open_points": {"hours": 24},
        "feedback": {"every": "week", "on": 5, "at": "18:00"},
        "respond": {"hours": 2},
        "solve": {"hours": 24},
    },
}
"""Pack -> timing rule -> the duty, where the handbooks disagree."""
