"""What the five handbooks ask, form by form: the official Chinese labels, `*` behind what must be filled."""

from __future__ import annotations

from collections.abc import Mapping

ASKED: Mapping[str, str] = {
    "requirement": """
        需求编号* 需求名称* 发起部门/区域* 需求方负责人* 承接方 承接方负责人 协作场景 需求背景* 核心目标* 具体需求描述 涉及区域*
        涉及部门 优先级* 紧急程度* 提出时间* 期望完成时间* 资源需求 配合资源 已尝试的沟通 限制条件 待确认事项 联系人* 联系方式*
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
}
"""Sheet -> what it asks."""

FORMS_OF_PACKS: Mapping[str, str] = {
    "coordination": "需求表 会议纪要 执行跟踪反馈表 责任矩阵表 问题跟踪表 风险跟踪表",
}
"""Pack -> the titles of its handbook's forms."""
